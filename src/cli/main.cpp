/// The program: starts MPI, finds the subcommand, and turns errors into messages and exit codes.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "cli/commands.hpp"
#include "distsne/base/error.hpp"
#include "distsne/base/version.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/environment.hpp"
#include "distsne/mpi/interruption.hpp"

namespace {

using namespace distsne;

constexpr const char* usage =
    "distsne: SNE, symmetric SNE and t-SNE maps of large data sets\n"
    "\n"
    "  mpirun -n RANKS distsne embed INPUT -o OUTPUT     compute a map of the rows of a file\n"
    "  mpirun -n RANKS distsne neighbors INPUT -o GRAPH  find nearest neighbors, for embed --graph\n"
    "  distsne info INPUT                                what is in a file, and what embed takes of it\n"
    "  distsne plan INPUT --ranks RANKS                  what embed would take: memory, time, messages\n"
    "  mpirun -n RANKS distsne evaluate OUTPUT           how good a map is: neighbors, labels, distances, KL\n"
    "  mpirun -n RANKS distsne transform OUTPUT NEW -o FILE   place new rows in a map\n"
    "  distsne align FIXED MOVING -o FILE                lay one map on another: how far did rows move?\n"
    "  distsne plot OUTPUT -o PICTURE                    draw a map as PNG or SVG\n"
    "  distsne export MAP -o FILE                        the map as CSV, TSV or NPY, or put into a .h5ad\n"
    "  distsne COMMAND --help                            options of a command, with defaults and units\n"
    "  distsne --version\n";

void dispatch(const Communicator& comm, const Arguments& arguments) {
  const std::string command = arguments.empty() ? "" : arguments.front();
  const Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (command == "embed") {
    run_embed(comm, rest);
  } else if (command == "neighbors") {
    run_neighbors(comm, rest);
  } else if (command == "export") {
    run_export(comm, rest);
  } else if (command == "align") {
    run_align(comm, rest);
  } else if (command == "info") {
    run_info(comm, rest);
  } else if (command == "plan") {
    run_plan(comm, rest);
  } else if (command == "plot") {
    run_plot(comm, rest);
  } else if (command == "evaluate") {
    run_evaluate(comm, rest);
  } else if (command == "transform") {
    run_transform(comm, rest);
  } else if (command == "--version") {
    if (comm.is_root()) {
      fmt::print("distsne {} ({})\n", version(), commit());
    }
  } else if (command == "--help" || command == "-h" || command == "help") {
    if (comm.is_root()) {
      fmt::print("{}", usage);
    }
  } else {
    require_everywhere(comm, false,
                       command.empty() ? std::string("no command given\n\n") + usage
                                       : fmt::format("unknown command '{}'\n\n{}", command, usage));
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
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "embed" || command == "neighbors" || command == "evaluate" || command == "transform") {
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
