/// The text of --help.
#pragma once

#include <string>

#include "cli/commands.hpp"

namespace distsne {

/// Two columns of lines that fit a terminal: options with what they take; what they do, with the default in brackets.
[[nodiscard]] std::string help_of(const CommandLine& command, const Options& options);

}  // namespace distsne
