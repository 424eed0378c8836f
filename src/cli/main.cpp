/// The program: starts MPI, finds the subcommand, and turns errors into messages and exit codes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "base/instruction_set.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "cli/manual.hpp"
#include "distsne/base/error.hpp"
#include "io/hdf5_version.hpp"
#include "mpi/agreement.hpp"
#include "mpi/environment.hpp"
#include "mpi/interruption.hpp"
#include "mpi/processors.hpp"

namespace {

using namespace distsne;

const std::vector<Subcommand> commands{
    {"embed", "INPUT -o OUTPUT", "compute a map of the rows of a file", run_embed, true},
    {"neighbors", "INPUT -o GRAPH", "find nearest neighbors, for embed --graph", run_neighbors, true},
    {"info", "INPUT", "what is in a file, and what embed takes of it", run_info},
    {"plan", "INPUT --ranks RANKS", "what embed would take: memory, time, messages", run_plan},
    {"evaluate", "OUTPUT", "how good a map is: neighbors, labels, distances, KL", run_evaluate, true},
    {"transform", "OUTPUT NEW -o FILE", "place new rows in a map", run_transform, true},
    {"align", "FIXED MOVING -o FILE", "lay one map on another, and tell how far rows moved", run_align},
    {"plot", "OUTPUT -o PICTURE", "draw a map as PNG, SVG or PDF, or as a page to explore", run_plot},
    {"export", "MAP -o FILE", "the map as CSV, TSV or NPY, or put into a .h5ad", run_export}};

const Subcommand* find_command(const std::string& name) {
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const Subcommand& one) { return one.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::string usage() {
  std::string text = "distsne: SNE, symmetric SNE and t-SNE maps of large data sets\n\n";
  for (const Subcommand& command : commands) {
    text += fmt::format(
        "  {:<60}{}\n",
        fmt::format("{}distsne {} {}", command.parallel ? "mpirun -n RANKS " : "", command.name, command.takes),
        command.about);
  }
  return text +
         "  distsne COMMAND --help                                      options of a command, with defaults and units\n"
         "  distsne help --bash                                         completions, for a shell to source\n"
         "  distsne --version                                           and what it was built with\n";
}

/// help [COMMAND] [--man], help --bash.
void show_help(const Communicator& comm, const Arguments& arguments) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (const Subcommand* const command = find_command(first)) {
    const bool man = arguments.size() == 2 && arguments.back() == "--man";
    require_everywhere(comm, man || arguments.size() == 1, "help COMMAND takes --man and nothing else");
    command->run(comm, {man ? manual_wanted : "--help"});
    return;
  }
  require_everywhere(comm, first.empty() || first == "--man" || first == "--bash",
                     fmt::format("help knows no '{}'\n\n{}", first, usage()));
  const auto print = [&](const std::string& text) {
    if (comm.is_root()) {
      fmt::print("{}", text);
    }
  };
  if (first != "--bash") {
    print(first.empty() ? usage() : manual_of_program(commands));
    return;
  }
  print(completion_begins(commands));
  for (const Subcommand& command : commands) {
    command.run(comm, {completion_wanted});
  }
  print(completion_ends());
}

void dispatch(const Communicator& comm, const Arguments& arguments) {
  const std::string name = arguments.empty() ? "" : arguments.front();
  const Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (const Subcommand* const command = find_command(name)) {
    command->run(comm, rest);
  } else if (name == "--version") {
    if (comm.is_root()) {
      fmt::print("distsne {} ({})\n{}, HDF5 {}, {} here\n", version(), commit(), mpi_library(), hdf5_version(),
                 instruction_set());
    }
  } else if (name == "--help" || name == "-h" || name == "help") {
    show_help(comm, rest);
  } else {
    require_everywhere(
        comm, false,
        name.empty() ? "no command given\n\n" + usage() : fmt::format("unknown command '{}'\n\n{}", name, usage()));
  }
}

/// Prints the error where it should be seen, once, and ends the other ranks when they do not know of it.
int report(const Communicator& comm, const std::string& message, ExitCode code, bool everywhere) {
  if (everywhere) {
    if (comm.is_root()) {
      fmt::print(stderr, "distsne: {}\n", message);
    }
    return static_cast<int>(code);
  }
  fmt::print(stderr, "distsne: rank {}: {}\n", comm.rank(), message);
  std::fflush(stderr);
  if (comm.size() > 1) {
    MpiEnvironment::abort(static_cast<int>(code));
  }
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  const Subcommand* const command = find_command(argc > 1 ? argv[1] : "");
  if (command != nullptr && command->parallel) {
    watch_signals();  // a signal may come while MPI starts, too
  }
  const MpiEnvironment environment(argc, argv);
  const Communicator comm = Communicator::world();
  try {
    dispatch(comm, Arguments(argv + 1, argv + argc));
    return static_cast<int>(ExitCode::done);
  } catch (const Error& error) {
    return report(comm, error.what(), error.code(), error.everywhere());
  } catch (const std::bad_alloc&) {
    return report(comm, "out of memory: use more ranks or nodes, or fewer rows", ExitCode::failure, false);
  } catch (const std::exception& error) {
    return report(comm, error.what(), ExitCode::failure, false);
  }
}
