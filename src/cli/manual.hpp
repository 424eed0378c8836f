/// The same options as pages of the manual and as words for the shell.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace distsne {

/// A page of section 1 in the macros of man(7).
[[nodiscard]] std::string manual_of(const CommandLine& command, const Options& options);

/// The page of the program, which leads to those of its commands.
[[nodiscard]] std::string manual_of_program(const std::vector<Subcommand>& commands);

/// A branch of bash's case over commands: the options of this one, and for each the words that it takes.
[[nodiscard]] std::string completion_of(const CommandLine& command, const Options& options);

/// What stands before all branches, and after them.
[[nodiscard]] std::string completion_begins(const std::vector<Subcommand>& commands);
[[nodiscard]] std::string completion_ends();

}  // namespace distsne
