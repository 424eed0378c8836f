/// Parsing arguments on all ranks alike.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "distsne/mpi/agreement.hpp"

namespace distsne {

bool parse(const Communicator& comm, CLI::App& app, const Arguments& arguments, const std::function<void()>& after) {
  bool help = false;
  attempt_everywhere(comm, [&] {
    try {
      Arguments reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 takes
      app.parse(std::move(reversed));
      after();
    } catch (const CLI::CallForHelp&) {
      help = true;
    } catch (const CLI::ParseError& error) {
      throw Error(fmt::format("{}\nTry '{} --help'.", error.what(), app.get_name()), ExitCode::bad_input);
    }
  });
  if (help && comm.is_root()) {
    fmt::print("{}", app.help());
  }
  return !help;
}

}  // namespace distsne
