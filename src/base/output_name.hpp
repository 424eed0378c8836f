/// Names of a file that is written whole: where a symbolic link leads, and what the file is called until it is done.
#pragma once

#include <string>

namespace distsne {

/// The file itself: where a symbolic link leads, which stays a link. A link that leads to itself comes back as a link.
[[nodiscard]] std::string target_of(const std::string& path);

/// Where the file is written until it is whole: beside it.
[[nodiscard]] std::string temporary_name(const std::string& path);

}  // namespace distsne
