/// Bytes of a page: numbers by planes, compressed, and as text that HTML can hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace distsne {

/// Appends the lowest `bytes` bytes of each value, all the lowest ones first, then the next: planes compress better.
void append_planes(std::string& out, std::span<const std::uint32_t> values, int bytes);

/// Appends rising numbers as their differences in groups of 7 bits, the lowest first; all groups of a number but the
/// last have bit 7 set.
void append_rising(std::string& out, std::span<const std::uint32_t> values);

/// In the format of RFC 1950.
[[nodiscard]] std::string deflated(std::string_view bytes);

/// CRC-32 of bytes that follow those of another checksum; 0: of none.
[[nodiscard]] std::uint32_t checksum_of(std::string_view bytes, std::uint32_t before);

/// RFC 4648, section 4.
[[nodiscard]] std::string base64(std::string_view bytes);

/// Text for HTML, in an element or an attribute.
[[nodiscard]] std::string html_text(const std::string& text);

}  // namespace distsne
