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
  CLI::App app("Write a map as a table or an array, or put it into the AnnData file of its rows", "distsne export");
  app.add_option("map", map, "A result of distsne embed")->required()->type_name("MAP");
  auto* const out =
      app.add_option("-o,--output", output,
                     "A .csv or .tsv file (with names and labels), a .npy file, or with --into a .h5ad file")
          ->type_name("FILE");
  auto* const into =
      app.add_option("--into", cells, "Copy this AnnData file, with the map in obsm/X_tsne")->type_name("CELLS.h5ad");
  app.add_flag("--in-place", in_place, "Put the map into the file of --into itself, which is whole at any moment")
      ->needs(into)
      ->excludes(out);
  const auto check = [&] {
    if (output.empty() && !in_place) {
      throw CLI::RequiredError("-o FILE, or --into CELLS.h5ad --in-place,");
    }
  };
  if (!parse(comm, app, arguments, check)) {
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
