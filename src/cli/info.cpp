/// distsne info: what is in a file.
#include "pipeline/info.hpp"

#include "cli/commands.hpp"
#include "pipeline/options.hpp"

namespace distsne {

void run_info(const Communicator& comm, const Arguments& arguments) {
  InputOptions input;
  CommandLine command{"distsne info", "Say what is in a file, and what distsne embed would take of it",
                      reading_options(input), false};
  command.options.insert(command.options.begin(), {.name = "input",
                                                   .value = text(input.path, "INPUT"),
                                                   .group = command.options.front().group,
                                                   .help = "A file of any kind that embed reads",
                                                   .positional = true,
                                                   .required = true});
  if (parse(comm, command, arguments)) {
    show_info(comm, input);
  }
}

}  // namespace distsne
