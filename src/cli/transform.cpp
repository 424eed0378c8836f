/// distsne transform: new rows in a map.
#include "pipeline/transform.hpp"

#include "cli/commands.hpp"
#include "cli/run_config.hpp"

namespace distsne {

void run_transform(const Communicator& comm, const Arguments& arguments) {
  TransformOptions options;
  options.reference.dataset_option = "--reference-dataset";
  options.read_config = config_of_run;
  std::string labels = "auto";
  const std::string files = "Input and output";
  const std::string run = "The run";
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
       {.name = "threads",
        .value = whole_or("auto", options.threads, whole(0, 1024)),
        .group = run,
        .help = "Threads of each rank; auto or 0: the cores of a node shared out to its ranks"},
       {.name = "rows-at-a-time",
        .value = value(options.rows_at_a_time, whole(1, 1 << 30)),
        .group = run,
        .help = "New rows that a rank holds in memory at most"},
       {.name = "checkpoint",
        .value = text(options.checkpoint, "auto|off|FILE"),
        .group = run,
        .help = "Where the places of a run that does not come to its end are kept, so that the same command goes on "
                "from there; auto: OUTPUT.checkpoint"},
       {.name = "checkpoint-every",
        .value = value(options.checkpoint_every, duration()),
        .group = run,
        .help = "Time between two checkpoints"},
       {.name = "restart",
        .value = flag(options.restart),
        .group = run,
        .help = "Start anew even if there is a checkpoint, and remove it"},
       {.name = "quiet",
        .value = flag(options.quiet),
        .group = run,
        .help = "Print nothing but errors",
        .letter = 'q'}},
      false};
  if (!parse(comm, command, arguments)) {
    return;
  }
  options.labels = labels == "auto" ? "" : labels;
  transform(comm, options);
}

}  // namespace distsne
