/// distsne embed: the main job.
#include "pipeline/embed.hpp"

#include "cli/commands.hpp"
#include "pipeline/options.hpp"

namespace distsne {

void run_embed(const Communicator& comm, const Arguments& arguments) {
  Config config;
  const CommandLine command{"distsne embed", "Compute a map of the rows of a file, on all ranks that mpirun starts",
                            run_options(config, Command::embed)};
  if (parse(comm, command, arguments, [&] { complete(config); })) {
    config.text = write_config(command.options, false);
    embed(comm, config);
  }
}

}  // namespace distsne
