/// Films of pictures as animated PNG, which browsers play and which other programs take for the first picture.
#pragma once

#include <string>
#include <vector>

namespace distsne {

/// A film of PNG files (their bytes) of one size and one kind of pixel, each shown for so many seconds, the last one
/// for `last_seconds`; repeated for ever. Throws Error when the files are none, or differ in size or kind.
[[nodiscard]] std::string encode_apng(const std::vector<std::string>& pictures, double seconds, double last_seconds);

}  // namespace distsne
