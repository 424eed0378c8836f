/// The palette, the scale, and conversions between screen values, light and perception.
#include "distsne/render/color.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace distsne {
namespace {

// The first six are those of Okabe and Ito (2008) for the color-blind. Each further one is about the farthest from all
// before it and from the grey of missing labels, by the least of its distances in Oklab as seen with normal sight and
// with red and green blindness (Machado, Oliveira and Fernandes 2009), among those that show on white and on black.
constexpr std::array<std::uint32_t, 30> palette{
    0x0072b2, 0xe69f00, 0x009e73, 0xd55e00, 0x56b4e9, 0xcc79a7, 0x752b3b, 0x8f6dfd, 0x72d88b, 0x44477a,
    0x0b2bbe, 0x9a490f, 0x39d6d7, 0x157365, 0xb93958, 0x758ddf, 0x88b370, 0xb63c96, 0x5948e4, 0xcac25b,
    0x522995, 0x3a9024, 0x910369, 0x2e55b9, 0x920d03, 0x33a1be, 0xdc6875, 0x6a6ad8, 0x117034, 0x82c9aa};

// Viridis at 16 equal steps.
constexpr std::array<std::uint32_t, 16> viridis{0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e,
                                                0x2a788e, 0x23888e, 0x1f988b, 0x22a884, 0x35b779, 0x54c568,
                                                0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725};

float channel_to_light(float value) {
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

float channel_from_light(float light) {
  const float value = light <= 0.0031308F ? light * 12.92F : 1.055F * std::pow(light, 1.0F / 2.4F) - 0.055F;
  return std::clamp(value, 0.0F, 1.0F);
}

/// Light of a color of Oklab (Ottosson 2020): lightness, chroma, and hue in radians.
std::array<double, 3> light_of(double lightness, double chroma, double hue) {
  const double a = chroma * std::cos(hue);
  const double b = chroma * std::sin(hue);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

/// The color with at most the wanted chroma that a screen can show.
Color displayable(double lightness, double chroma, double hue) {
  std::array<double, 3> light = light_of(lightness, chroma, hue);
  while (std::any_of(light.begin(), light.end(), [](double c) { return c < 0.0 || c > 1.0; })) {
    chroma *= 0.95;
    light = light_of(lightness, chroma, hue);
  }
  return from_light({static_cast<float>(light[0]), static_cast<float>(light[1]), static_cast<float>(light[2])});
}

}  // namespace

Light to_light(const Color& color) {
  return {channel_to_light(color.red), channel_to_light(color.green), channel_to_light(color.blue)};
}

Color from_light(const Light& light) {
  return {channel_from_light(light[0]), channel_from_light(light[1]), channel_from_light(light[2])};
}

std::vector<Color> class_colors(std::size_t classes) {
  std::vector<Color> colors;
  colors.reserve(classes);
  if (classes <= palette.size()) {
    std::transform(palette.begin(), palette.begin() + static_cast<std::ptrdiff_t>(classes), std::back_inserter(colors),
                   from_hex);
    return colors;
  }
  // The golden angle keeps hues apart however many there are; neighbors in the legend differ in lightness as well.
  constexpr double golden_angle = 2.0 * std::numbers::pi * (2.0 - std::numbers::phi);
  constexpr std::array<double, 3> lightness{0.52, 0.76, 0.64};
  for (std::size_t i = 0; i < classes; ++i) {
    colors.push_back(displayable(lightness[i % lightness.size()], 0.17, 0.5 + static_cast<double>(i) * golden_angle));
  }
  return colors;
}

Color scale_color(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(viridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), viridis.size() - 2);
  const auto part = static_cast<float>(place - static_cast<double>(below));
  const Color a = from_hex(viridis[below]);
  const Color b = from_hex(viridis[below + 1]);
  return {a.red + part * (b.red - a.red), a.green + part * (b.green - a.green), a.blue + part * (b.blue - a.blue)};
}

}  // namespace distsne
