/// Planes, differences, deflate and base64.
#include "render/page_encoding.hpp"

#include <zlib.h>

#include "distsne/base/error.hpp"

namespace distsne {

void append_planes(std::string& out, std::span<const std::uint32_t> values, int bytes) {
  for (int plane = 0; plane < bytes; ++plane) {
    for (const std::uint32_t value : values) {
      out += static_cast<char>(value >> static_cast<unsigned>(8 * plane) & 0xFFU);
    }
  }
}

void append_rising(std::string& out, std::span<const std::uint32_t> values) {
  std::uint32_t before = 0;
  for (const std::uint32_t value : values) {
    std::uint32_t difference = value - before;
    before = value;
    for (; difference >= 0x80U; difference >>= 7U) {
      out += static_cast<char>(difference | 0x80U);
    }
    out += static_cast<char>(difference);
  }
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  // zlib takes bytes as unsigned char.
  const auto* const from = reinterpret_cast<const Bytef*>(bytes.data());
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, from, bytes.size(), 6) != Z_OK) {
    throw Error("compressing a part of the page failed: out of memory", ExitCode::failure);
  }
  out.resize(size);
  return out;
}

std::uint32_t checksum_of(std::string_view bytes, std::uint32_t before) {
  return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[i + k])) : 0U;
    };
    const unsigned group = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (unsigned k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? digits[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return out;
}

std::string html_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace distsne
