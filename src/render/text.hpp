/// Words and numbers in a picture.
#pragma once

#include <string>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// The families asked for. Letters that they lack come from any font that has them.
inline constexpr const char* font_family = "DejaVu Sans, Noto Sans, sans-serif";

/// "1,234,567".
[[nodiscard]] std::string with_separators(GlobalIndex number);

/// Valid UTF-8 on one line: bytes that are not become the replacement character, control characters become spaces.
[[nodiscard]] std::string clean_text(const std::string& text);

/// Width of a text in pixels when letters are `size` pixels high.
[[nodiscard]] double text_width(const std::string& text, double size, bool bold = false);

/// The text, or as much of its beginning as fits `width` together with an ellipsis. Takes clean text.
[[nodiscard]] std::string shortened(const std::string& text, double size, double width, bool bold = false);

/// The text on up to `most_lines` lines that fit `width`, broken between words into lines of about the same length;
/// what is too long even so is shortened. Takes clean text. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(const std::string& text, double size, double width,
                                               std::size_t most_lines, bool bold = false);

}  // namespace distsne
