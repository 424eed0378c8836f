/// Words from other alphabets and numbers from text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace distsne {

/// Appends a character of Unicode as UTF-8; nothing for 0. Bytes that are not `wide` are taken as UTF-8 already.
inline void append_utf8(std::string& text, std::uint32_t code, bool wide = true) {
  const auto low = [](std::uint32_t bits) { return static_cast<char>(0x80U | (bits & 0x3FU)); };
  if (code == 0 || code > 0x10FFFFU) {
    return;
  }
  if (code < 0x80U || !wide) {
    text += static_cast<char>(code);
  } else if (code < 0x800U) {
    text += static_cast<char>(0xC0U | code >> 6U);
    text += low(code);
  } else if (code < 0x10000U) {
    text += static_cast<char>(0xE0U | code >> 12U);
    text += low(code >> 6U);
    text += low(code);
  } else {
    text += static_cast<char>(0xF0U | code >> 18U);
    text += low(code >> 12U);
    text += low(code >> 6U);
    text += low(code);
  }
}

}  // namespace distsne
