/// Colors of a picture: palettes for classes, how unlike two colors look, and sums of light.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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

/// From "#RRGGBB", "#RGB" or "#RRGGBBAA" (whose opacity is left out); empty when the text is no such color.
[[nodiscard]] std::optional<Color> parse_color(const std::string& text);

/// Points whose label is empty or not a number, and those beside the highlighted ones.
inline constexpr Color missing_color = from_hex(0xa6a6a6);

/// Amounts of red, green and blue light. Light of different points adds up; the numbers of a Color do not.
using Light = std::array<float, 3>;
[[nodiscard]] Light to_light(const Color& color);
[[nodiscard]] Color from_light(const Light& light);

/// Lightness from 0 to 1, green to red, blue to yellow: equal distances look about equal (Oklab, Ottosson 2020).
using Perceived = std::array<double, 3>;
[[nodiscard]] Perceived perceived(const Color& color);
/// Their distance; 0.02 is about the least that one sees between large areas.
[[nodiscard]] double color_distance(const Color& a, const Color& b);
/// The color moved to a lightness within the limits; hue stays, chroma as far as screens can show it.
[[nodiscard]] Color within_lightness(const Color& color, double least, double most);

/// One color for each class, none twice, to be seen on white or on black. Up to 60 classes take theirs from a fixed
/// list, in its order, whose colors stay apart for the color-blind too; more classes add the colors farthest from all
/// before them.
[[nodiscard]] std::vector<Color> class_colors(std::size_t classes, bool dark = false);

}  // namespace distsne
