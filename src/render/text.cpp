/// Making text presentable, and measuring it.
#include "distsne/render/text.hpp"

#include <fmt/format.h>

#include <array>

#include "render/cairo_handle.hpp"

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
  select_font(context.get(), size, bold);
  cairo_text_extents_t extents;
  cairo_text_extents(context.get(), text.c_str(), &extents);
  check_cairo(cairo_status(context.get()));
  return extents.x_advance;
}

std::string shortened(const std::string& text, double size, double width, bool bold) {
  if (text_width(text, size, bold) <= width) {
    return text;
  }
  std::string kept = text;
  while (!kept.empty()) {
    while (continues(kept.back())) {
      kept.pop_back();
    }
    kept.pop_back();
    std::string candidate = fmt::format("{}{}", kept.substr(0, kept.find_last_not_of(' ') + 1), ellipsis);
    if (text_width(candidate, size, bold) <= width) {
      return candidate;
    }
  }
  return ellipsis;
}

}  // namespace distsne
