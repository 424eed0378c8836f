/// Making text presentable, and measuring it.
#include "render/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/pango_text.hpp"

namespace distsne {
namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";
constexpr const char* ellipsis = "\xE2\x80\xA6";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Bytes of the UTF-8 character that begins at `begin`; 0 when none does.
std::size_t character_length(const std::string& text, std::size_t begin) {
  const auto lead = static_cast<unsigned char>(text[begin]);
  const std::size_t length = lead < 0x80U                     ? 1
                             : lead >= 0xC2U && lead <= 0xDFU ? 2
                             : lead >= 0xE0U && lead <= 0xEFU ? 3
                             : lead >= 0xF0U && lead <= 0xF4U ? 4
                                                              : 0;
  if (length == 0 || begin + length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[begin + i])) {
      return 0;
    }
  }
  if (length >= 3) {  // overlong forms, surrogates, values past U+10FFFF
    const auto next = static_cast<unsigned char>(text[begin + 1]);
    const bool wrong = (lead == 0xE0U && next < 0xA0U) || (lead == 0xEDU && next >= 0xA0U) ||
                       (lead == 0xF0U && next < 0x90U) || (lead == 0xF4U && next >= 0x90U);
    return wrong ? 0 : length;
  }
  return length;
}

/// Lines as long as they can be.
std::vector<std::string> filled(const std::string& text, double size, double width, std::size_t most_lines, bool bold) {
  std::vector<std::string> lines;
  std::string rest = text.substr(std::min(text.size(), text.find_first_not_of(' ')));
  while (lines.size() + 1 < most_lines && text_width(rest, size, bold) > width) {
    // The last place to break at that still fits: after a space, a hyphen or the like, before an opening bracket.
    std::size_t best = 0;
    for (std::size_t i = 1; i < rest.size(); ++i) {
      const char before = rest[i - 1];
      const bool breaks = before == ' ' || before == '-' || before == '/' || before == '_' || before == ',' ||
                          (before != ' ' && rest[i] == '(');
      if (breaks && rest[i] != ' ') {
        if (text_width(rest.substr(0, rest.find_last_not_of(' ', i - 1) + 1), size, bold) > width) {
          break;
        }
        best = i;
      }
    }
    if (best == 0) {
      break;
    }
    const std::string line = rest.substr(0, best);
    lines.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
    rest = rest.substr(best);
  }
  lines.push_back(shortened(rest, size, width, bold));
  return lines;
}

double widest(const std::vector<std::string>& lines, double size, bool bold) {
  double width = 0.0;
  for (const std::string& line : lines) {
    width = std::max(width, text_width(line, size, bold));
  }
  return width;
}

}  // namespace

std::string with_separators(GlobalIndex number) {
  const std::string digits = fmt::format("{}", number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && digits[i - 1] != '-' && (digits.size() - i) % 3 == 0) {
      text += ',';
    }
    text += digits[i];
  }
  return text;
}

std::string clean_text(const std::string& text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text, i);
    if (length == 0) {
      clean += replacement;
      ++i;
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    clean.append(byte < 0x20U || byte == 0x7FU ? " " : text.substr(i, length));
    i += length;
  }
  return clean;
}

double text_width(const std::string& text, double size, bool bold) {
  const CairoSurface surface = make_surface(CAIRO_FORMAT_A8, 1, 1);
  const CairoContext context = make_context(surface.get());
  const PangoLayoutHandle line = make_line(context.get(), text, size, bold);
  int width = 0;
  pango_layout_get_size(line.get(), &width, nullptr);
  return static_cast<double>(width) / PANGO_SCALE;
}

std::string shortened(const std::string& text, double size, double width, bool bold) {
  if (text_width(text, size, bold) <= width) {
    return text;
  }
  std::vector<std::size_t> ends;  // of beginnings that can be kept
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) {
      ends.push_back(i);
    }
  }
  const auto candidate = [&](std::size_t end) {
    return fmt::format("{}{}", text.substr(0, text.find_last_not_of(' ', end - 1) + 1), ellipsis);
  };
  // The last beginning that fits: widths rise with the length, but for marks that widen nothing.
  const auto first_too_wide = std::partition_point(
      ends.begin() + 1, ends.end(), [&](std::size_t end) { return text_width(candidate(end), size, bold) <= width; });
  const std::size_t end = first_too_wide == ends.begin() + 1 ? 0 : *(first_too_wide - 1);
  return end == 0 ? ellipsis : candidate(end);
}

std::vector<std::string> wrapped(const std::string& text, double size, double width, std::size_t most_lines,
                                 bool bold) {
  constexpr double step = 0.9;
  std::vector<std::string> lines = filled(text, size, width, most_lines, bold);
  // As many lines of about the same length read better than a last one of a single word.
  for (double narrower = step * width; lines.size() > 1; narrower *= step) {
    std::vector<std::string> others = filled(text, size, narrower, most_lines, bold);
    const bool whole =
        others.back().find(ellipsis) == std::string::npos || lines.back().find(ellipsis) != std::string::npos;
    if (others.size() > lines.size() || !whole || widest(others, size, bold) >= widest(lines, size, bold)) {
      break;
    }
    lines = std::move(others);
  }
  return lines;
}

}  // namespace distsne
