/// The subcommands of the program, and what they share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/option.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

using Arguments = std::vector<std::string>;

/// A subcommand of the program.
struct Subcommand {
  std::string name;
  std::string takes;  ///< in short: "INPUT -o OUTPUT"
  std::string about;
  void (*run)(const Communicator& comm, const Arguments& arguments);
  bool parallel = false;  ///< started by mpirun, and stopped by signals in good order
};

/// Each is collective, throws Error, and takes the arguments after its name.
void run_embed(const Communicator& comm, const Arguments& arguments);
void run_neighbors(const Communicator& comm, const Arguments& arguments);
void run_export(const Communicator& comm, const Arguments& arguments);
void run_align(const Communicator& comm, const Arguments& arguments);
void run_info(const Communicator& comm, const Arguments& arguments);
void run_plan(const Communicator& comm, const Arguments& arguments);
void run_evaluate(const Communicator& comm, const Arguments& arguments);
void run_transform(const Communicator& comm, const Arguments& arguments);
void run_plot(const Communicator& comm, const Arguments& arguments);

/// A command as its user sees it.
struct CommandLine {
  std::string name;   ///< "distsne embed"
  std::string about;  ///< what it does
  Options options;
  bool has_config = true;  ///< --config and --dump-config too
};

/// Collective. Sets the options of `command` from the arguments and from the file of --config, on every rank; `after`
/// sees them and may throw Error. Returns false when --help or --dump-config was all, which rank 0 prints; throws Error
/// (bad input) everywhere when the arguments cannot be parsed.
[[nodiscard]] bool parse(
    const Communicator& comm, const CommandLine& command, const Arguments& arguments,
    const std::function<void()>& after = [] {});

/// The only argument of a command that is to print its page of the manual, or its words for the shell.
inline constexpr const char* manual_wanted = "--help-manual";
inline constexpr const char* completion_wanted = "--help-completion";

/// All options of a command, those that `parse` adds included.
[[nodiscard]] Options all_options(const CommandLine& command, std::string& config_file, bool& dump_config, bool& help);

}  // namespace distsne
