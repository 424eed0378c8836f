/// distsne neighbors: a neighbor graph for many maps.
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "distsne/pipeline/graph.hpp"

namespace distsne {

void run_neighbors(const Communicator& comm, const Arguments& arguments) {
  Config config;
  RawOptions raw;
  CLI::App app("Find the nearest neighbors of the rows of an HDF5 dataset, for distsne embed --graph",
               "distsne neighbors");
  add_data_options(app, config, true, true, "Graph file (HDF5), written when all is done");
  add_reduction_options(app, raw);
  add_neighbor_options(app, config, raw, false);
  add_affinity_options(app, config, raw);
  add_run_options(app, config, raw);
  add_dry_run(app, config);
  if (!parse(comm, app, arguments, [&] { finish_common(config, raw); }) ||
      dump_config(app, raw, comm.is_root(), config)) {
    return;
  }
  make_graph(comm, config);
}

}  // namespace distsne
