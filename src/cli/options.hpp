/// Checks of option values, for commands whose options are registered with the parser one by one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace distsne {

/// An integer from 0 to 2^64 - 1.
extern const CLI::Validator natural;

/// The number of a text that has passed such a check.
[[nodiscard]] double number_of(const std::string& text);

}  // namespace distsne
