/// distsne transform: new rows in a map.
#include "pipeline/transform.hpp"

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/run_config.hpp"

namespace distsne {

void run_transform(const Communicator& comm, const Arguments& arguments) {
  TransformOptions options;
  CLI::App app("Place new rows in a map that stays as it is, on all ranks that mpirun starts", "distsne transform");
  const char* group = "Input and output";
  app.add_option("map", options.map, "Map that distsne embed has written")->required()->type_name("MAP")->group(group);
  app.add_option("rows", options.rows.path, "HDF5 file with the new rows, of the columns of those of the map")
      ->required()
      ->type_name("NEW")
      ->group(group);
  app.add_option("-o,--output", options.output, "File (HDF5) for the places of the new rows")
      ->required()
      ->type_name("FILE")
      ->group(group);
  app.add_option("--dataset", options.rows.dataset, "Path of the matrix of new rows")->type_name("PATH")->group(group);
  app.add_option("--reference", options.reference.path,
                 "HDF5 file with the rows of the map; not needed where the map's file names it")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--reference-dataset", options.reference.dataset, "Path of the matrix in it")
      ->type_name("PATH")
      ->group(group);
  options.reference.dataset_option = "--reference-dataset";
  std::string labels = "auto";
  app.add_option(
         "--labels", labels,
         "Dataset of the map's file from which new rows get the class of most of their 10 nearest rows, or none; "
         "auto: the first of labels, label, y, target, class, cluster")
      ->type_name("auto|none|NAME")
      ->capture_default_str()
      ->group(group);
  group = "The run";
  std::string threads = "0";
  app.add_option("--threads", threads, "Threads of each rank; 0: the cores of a node shared out to its ranks")
      ->check(natural)
      ->capture_default_str()
      ->group(group);
  app.add_flag("-q,--quiet", options.quiet, "Say nothing but errors")->group(group);
  if (!parse(comm, app, arguments, [&] {
        options.labels = labels == "auto" ? "" : labels;
        options.threads = static_cast<int>(std::min(1024.0, number_of(threads)));
        options.read_config = config_of_run;
      })) {
    return;
  }
  transform(comm, options);
}

}  // namespace distsne
