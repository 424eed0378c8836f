/// Words and numbers in a picture.
#pragma once

#include <string>

#include "distsne/base/types.hpp"

namespace distsne {

/// The family asked for; where it is missing another sans-serif one takes its place.
inline constexpr const char* font_family = "DejaVu Sans";

/// "1,234,567".
[[nodiscard]] std::string with_separators(GlobalIndex number);

/// Valid UTF-8 on one line: bytes that are not become the replacement character, control characters become spaces.
[[nodiscard]] std::string clean_text(const std::string& text);

/// Width of a text in pixels when letters are `size` pixels high.
[[nodiscard]] double text_width(const std::string& text, double size, bool bold = false);

/// The text, or as much of its beginning as fits `width` together with an ellipsis. Takes clean text.
[[nodiscard]] std::string shortened(const std::string& text, double size, double width, bool bold = false);

}  // namespace distsne
