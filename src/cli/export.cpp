/// distsne export: maps for other programs.
#include "io/export.hpp"

#include "cli/commands.hpp"
#include "cli/run_config.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/scanpy_parameters.hpp"

namespace distsne {

void run_export(const Communicator& comm, const Arguments& arguments) {
  std::string map;
  std::string output;
  std::string cells;
  bool in_place = false;
  const std::string files = "Files";
  const CommandLine command{
      "distsne export",
      "Write a map as a table or an array, or put it into the AnnData file of its rows",
      {{.name = "map",
        .value = text(map, "MAP"),
        .group = files,
        .help = "A result of distsne embed",
        .positional = true,
        .required = true},
       {.name = "output",
        .value = text(output, "FILE"),
        .group = files,
        .help = "A .csv or .tsv file (with names and labels), a .npy file, or with --into a .h5ad file",
        .letter = 'o',
        .excludes = "in-place"},
       {.name = "into",
        .value = text(cells, "CELLS.h5ad"),
        .group = files,
        .help = "Copy this AnnData file, with the map in obsm/X_tsne"},
       {.name = "in-place",
        .value = flag(in_place),
        .group = files,
        .help = "Put the map into the file of --into itself, which is whole at any moment"}},
      false};
  const auto check = [&] {
    if (in_place && cells.empty()) {
      throw Error("--in-place requires --into", ExitCode::bad_input);
    }
    if (output.empty() && !in_place) {
      throw Error("-o FILE, or --into CELLS.h5ad --in-place, is required", ExitCode::bad_input);
    }
  };
  if (!parse(comm, command, arguments, check)) {
    return;
  }
  output = in_place ? cells : output;
  require_writable(comm, output, map);
  if (!in_place && !cells.empty()) {
    require_writable(comm, output, cells);
  }
  if (cells.empty()) {
    attempt_on_root(comm, [&] { export_map(map, output); });
    return;
  }
  const MapDescription description = describe_map(comm, map);
  attempt_on_root(comm, [&] {
    const auto run = description.config.empty() ? std::nullopt : std::optional(config_of_run(description.config));
    export_into(map, cells, output, scanpy_parameters(description, run));
  });
}

}  // namespace distsne
