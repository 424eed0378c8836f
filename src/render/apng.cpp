/// Taking PNG files apart, and putting their pixels into one file as the APNG specification has it.
#include "render/apng.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t frame_bytes = 12;  // of a chunk besides its data: length, type, checksum

std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

std::string number(std::uint32_t value, int bytes = 4) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) {
    text += static_cast<char>(value >> (8U * static_cast<unsigned>(i)) & 0xFFU);
  }
  return text;
}

/// Of the PNG specification, appendix D.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      sum = (sum & 1U) != 0U ? sum >> 1U ^ 0xEDB88320U : sum >> 1U;
    }
  }
  return ~sum;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  return number(static_cast<std::uint32_t>(data.size())) + body + number(checksum(body));
}

struct Parts {
  std::string header;               ///< data of IHDR
  std::vector<std::string> pixels;  ///< data of each IDAT
};

Parts parts_of(const std::string& png) {
  Parts parts;
  for (std::size_t at = signature_bytes; at + frame_bytes <= png.size();) {
    const std::size_t length = read_number(std::string_view(png).substr(at, 4));
    if (length > png.size() - at - frame_bytes) {
      break;
    }
    const std::string_view type = std::string_view(png).substr(at + 4, 4);
    const std::string data = png.substr(at + 8, length);
    if (type == "IHDR") {
      parts.header = data;
    } else if (type == "IDAT") {
      parts.pixels.push_back(data);
    }
    at += frame_bytes + length;
  }
  return parts;
}

}  // namespace

std::string encode_apng(const std::vector<std::string>& pictures, double seconds, double last_seconds) {
  std::vector<Parts> frames;
  for (const std::string& picture : pictures) {
    frames.push_back(parts_of(picture));
    if (frames.back().header.empty() || frames.back().pixels.empty() || frames.back().header != frames.front().header) {
      throw Error("the pictures of a film differ in size or kind", ExitCode::failure);
    }
  }
  if (frames.empty()) {
    throw Error("a film needs a picture", ExitCode::failure);
  }
  const std::string& header = frames.front().header;
  std::string film = pictures.front().substr(0, signature_bytes) + chunk("IHDR", header);
  film += chunk("acTL", number(static_cast<std::uint32_t>(frames.size())) + number(0));
  std::uint32_t sequence = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const double shown = i + 1 == frames.size() ? last_seconds : seconds;
    const auto milliseconds = static_cast<std::uint32_t>(std::lround(1000.0 * shown));
    // Size and place of the frame, its time, and that it replaces what was there.
    film += chunk("fcTL", number(sequence++) + header.substr(0, 8) + number(0) + number(0) + number(milliseconds, 2) +
                              number(1000, 2) + number(0, 1) + number(0, 1));
    for (const std::string& pixels : frames[i].pixels) {
      film += i == 0 ? chunk("IDAT", pixels) : chunk("fdAT", number(sequence++) + pixels);
    }
  }
  return film + chunk("IEND", "");
}

}  // namespace distsne
