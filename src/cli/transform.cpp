/// distsne transform: new rows in a map.
#include "pipeline/transform.hpp"

#include "cli/commands.hpp"
#include "cli/run_config.hpp"
#include "pipeline/options.hpp"

namespace distsne {

void run_transform(const Communicator& comm, const Arguments& arguments) {
  TransformOptions options;
  options.reference.dataset_option = "--reference-dataset";
  options.read_config = config_of_run;
  std::string labels = "auto";
  const std::string files = "Input and output";
  const std::string run = "The run";
  const auto checkpoints = checkpoint_options(options.checkpoint, options.checkpoint_every, options.restart, run);
  const CommandLine command{
      "distsne transform",
      "Place new rows in a map that stays as it is, on all ranks that mpirun starts",
      {{.name = "map",
        .value = text(options.map, "MAP"),
        .group = files,
        .help = "Map that distsne embed has written",
        .positional = true,
        .required = true},
       {.name = "rows",
        .value = text(options.rows.path, "NEW"),
        .group = files,
        .help = "File with the new rows, of the columns of those of the map",
        .positional = true,
        .required = true},
       {.name = "output",
        .value = text(options.output, "FILE"),
        .group = files,
        .help = "File (HDF5) for the places of the new rows",
        .letter = 'o',
        .required = true},
       {.name = "dataset",
        .value = text(options.rows.dataset, "PATH"),
        .group = files,
        .help = "Path of the matrix of new rows"},
       {.name = "reference",
        .value = text(options.reference.path, "FILE"),
        .group = files,
        .help = "File with the rows of the map; not needed where the map's file names it"},
       {.name = "reference-dataset",
        .value = text(options.reference.dataset, "PATH"),
        .group = files,
        .help = "Path of the matrix in it"},
       {.name = "labels",
        .value = text(labels, "auto|none|NAME", {"auto", "none"}),
        .group = files,
        .help = "Dataset of the map's file from which new rows get the class of most of their 10 nearest rows, or "
                "none; auto: the first of labels, label, y, target, class, cluster"},
       threads_option(options.threads, run),
       {.name = "rows-at-a-time",
        .value = value(options.rows_at_a_time, whole(1, 1 << 30)),
        .group = run,
        .help = "New rows that a rank holds in memory at most"},
       checkpoints[0],
       checkpoints[1],
       checkpoints[2],
       quiet_option(flag(options.quiet), run)},
      false};
  if (!parse(comm, command, arguments)) {
    return;
  }
  options.labels = labels == "auto" ? "" : labels;
  transform(comm, options);
}

}  // namespace distsne
