/// distsne neighbors: a neighbor graph for many maps.
#include "cli/commands.hpp"
#include "pipeline/graph.hpp"
#include "pipeline/options.hpp"

namespace distsne {

void run_neighbors(const Communicator& comm, const Arguments& arguments) {
  Config config;
  const CommandLine command{"distsne neighbors",
                            "Find the nearest neighbors of the rows of a file, for distsne embed --graph",
                            run_options(config, Command::neighbors)};
  if (parse(comm, command, arguments)) {
    config.text = write_config(command.options, false);
    make_graph(comm, config);
  }
}

}  // namespace distsne
