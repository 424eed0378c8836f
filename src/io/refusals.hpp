/// What is said of files that are not taken.
#pragma once

#include <string>

#include "io/format.hpp"

namespace distsne {

/// One sentence that names what a file is, with a recipe that makes one of it that is taken.
[[nodiscard]] std::string refusal_of(const FileHead& head);

/// The same for a directory.
[[nodiscard]] std::string refusal_of_directory(const std::string& path);

}  // namespace distsne
