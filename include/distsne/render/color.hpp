/// Colors of a picture: a palette for classes, a scale for numbers, and sums of light.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace distsne {

/// Red, green and blue from 0 to 1, as screens take them (sRGB).
struct Color {
  float red = 0.0F;
  float green = 0.0F;
  float blue = 0.0F;
  friend bool operator==(const Color&, const Color&) = default;
};

/// From 0xRRGGBB.
[[nodiscard]] constexpr Color from_hex(std::uint32_t hex) {
  const auto channel = [hex](unsigned shift) { return static_cast<float>(hex >> shift & 0xFFU) / 255.0F; };
  return {channel(16), channel(8), channel(0)};
}

/// Points whose label is empty or not a number.
inline constexpr Color missing_color = from_hex(0xa6a6a6);

/// Amounts of red, green and blue light. Light of different points adds up; the numbers of a Color do not.
using Light = std::array<float, 3>;
[[nodiscard]] Light to_light(const Color& color);
[[nodiscard]] Color from_light(const Light& light);

/// One color for each class, none twice. Up to 30 classes take theirs from a fixed list, in its order; more classes go
/// round the circle of hues.
[[nodiscard]] std::vector<Color> class_colors(std::size_t classes);

/// The color of a number, `share` from 0 (lowest) to 1 (highest): equal steps look equal, in print and to the
/// color-blind too (viridis, by Smith and van der Walt 2015).
[[nodiscard]] Color scale_color(double share);

}  // namespace distsne
