/// The subcommands of the program, and what they share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

using Arguments = std::vector<std::string>;

/// Each is collective, throws Error, and takes the arguments after its name.
void run_embed(const Communicator& comm, const Arguments& arguments);
void run_neighbors(const Communicator& comm, const Arguments& arguments);
void run_plan(const Communicator& comm, const Arguments& arguments);
void run_evaluate(const Communicator& comm, const Arguments& arguments);
void run_plot(const Communicator& comm, const Arguments& arguments);

/// Collective. Parses the arguments on every rank. Returns false after --help, which rank 0 prints; throws Error (bad
/// input) everywhere when they cannot be parsed. `after` sees what was parsed and may throw CLI::ParseError too.
[[nodiscard]] bool parse(
    const Communicator& comm, CLI::App& app, const Arguments& arguments, const std::function<void()>& after = [] {});

}  // namespace distsne
