/// The palettes, and conversions between screen values, light and perception.
#include "render/color.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace distsne {
namespace {

constexpr std::size_t listed = 60;

// The first six are those of Okabe and Ito (2008) for the color-blind. Each further group (to 20, 30, 40, 50 and 60) is
// chosen together so that its colors are about the farthest from each other, from all before and from the grey of
// missing labels, by the least of the distances in Oklab as seen with normal sight and with red and green blindness
// (Machado, Oliveira and Fernandes 2009), among those that show on the ground.
constexpr std::array<std::uint32_t, listed> on_white{
    0x0072b2, 0xe69f00, 0x009e73, 0xd55e00, 0x56b4e9, 0xcc79a7, 0x752b3b, 0x8f6dfd, 0x72d88b, 0x44477a,
    0x0b2bbe, 0x9a490f, 0x39d6d7, 0x157365, 0xb93958, 0x758ddf, 0x88b370, 0xb63c96, 0x5948e4, 0xcac25b,
    0x500064, 0x640000, 0x2d0091, 0x461e37, 0x960000, 0xf0b9ff, 0xcdd700, 0xdc822d, 0x8c0f64, 0x3755b9,
    0x5078d7, 0xd76964, 0x0a469b, 0xff82ff, 0x9bdcb9, 0x3c00e1, 0x194b55, 0xbe503c, 0x464600, 0x326982,
    0x789bc3, 0x329b96, 0x913c3c, 0xbe78ff, 0xa5c3af, 0xb450cd, 0x2d327d, 0x7d50fa, 0xf58c5a, 0x37becd,
    0x0000af, 0x1e0aff, 0x05324b, 0xffb487, 0x5f232d, 0xcd2378, 0xe65587, 0x9b50af, 0x9678b9, 0x7d8c55};
// The same six made lighter where they need it, and what is farthest from them on black.
constexpr std::array<std::uint32_t, listed> on_black{
    0x3a93d6, 0xe69f00, 0x12b085, 0xe8662a, 0x7fc8f5, 0xd98cb6, 0xebff00, 0xbeffff, 0x505fff, 0x6eebb9,
    0x966487, 0xd7d75f, 0xdc284b, 0xf0faa0, 0x6969c8, 0x87a5ff, 0xa0c378, 0xc8dcff, 0x6e82ff, 0xbe6eaf,
    0x7dd2c8, 0xfa696e, 0xe6007d, 0xa0ffcd, 0xc332b4, 0x4bb9d7, 0x697855, 0x6ea055, 0xffc89b, 0xe14114,
    0xd264d7, 0xf0b900, 0xd7e600, 0xb4c3a5, 0xaffa6e, 0xb4ebe1, 0xc319e6, 0xffa05f, 0x2deb8c, 0xf587d7,
    0xeb8223, 0x5a96f5, 0x6e879b, 0xfaa5f5, 0xf5828c, 0x2373e1, 0x5073af, 0x9b6e00, 0x3c7d96, 0x9bdcdc,
    0xe1ebaa, 0xc382b4, 0xb446cd, 0x73c355, 0xf5149b, 0xff4178, 0x78966e, 0x4b78ff, 0x96beb9, 0x8c82c3};

float channel_to_light(float value) {
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

float channel_from_light(float light) {
  const float value = light <= 0.0031308F ? light * 12.92F : 1.055F * std::pow(light, 1.0F / 2.4F) - 0.055F;
  return std::clamp(value, 0.0F, 1.0F);
}

std::array<double, 3> light_of(const Perceived& color) {
  const auto [lightness, a, b] = color;
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

/// The color with at most the wanted chroma that a screen can show.
Color displayable(Perceived color) {
  std::array<double, 3> light = light_of(color);
  while (std::any_of(light.begin(), light.end(), [](double c) { return c < 0.0 || c > 1.0; })) {
    color[1] *= 0.95;
    color[2] *= 0.95;
    light = light_of(color);
  }
  return from_light({static_cast<float>(light[0]), static_cast<float>(light[1]), static_cast<float>(light[2])});
}

/// Colors of many hues, lightnesses and chromas that show on the ground.
std::vector<Color> candidates(bool dark) {
  constexpr int hues = 60;
  constexpr std::array<double, 3> chromas{0.06, 0.12, 0.2};
  std::vector<Color> colors;
  for (double lightness = dark ? 0.5 : 0.28; lightness < (dark ? 0.95 : 0.87); lightness += 0.045) {
    for (const double chroma : chromas) {
      for (int i = 0; i < hues; ++i) {
        const double hue = 2.0 * std::numbers::pi * i / hues;
        colors.push_back(displayable({lightness, chroma * std::cos(hue), chroma * std::sin(hue)}));
      }
    }
  }
  return colors;
}

double distance(const Perceived& a, const Perceived& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

/// Adds the farthest candidates until there are enough.
void extend(std::vector<Color>& colors, std::size_t classes, bool dark) {
  const std::vector<Color> all = candidates(dark);
  std::vector<Perceived> seen(all.size());
  std::transform(all.begin(), all.end(), seen.begin(), perceived);
  std::vector<double> apart(all.size(), 1.0);  // from the nearest color that is taken
  const auto take = [&](const Color& color) {
    const Perceived place = perceived(color);
    for (std::size_t i = 0; i < all.size(); ++i) {
      apart[i] = std::min(apart[i], distance(place, seen[i]));
    }
  };
  std::for_each(colors.begin(), colors.end(), take);
  while (colors.size() < classes) {
    colors.push_back(all[static_cast<std::size_t>(std::max_element(apart.begin(), apart.end()) - apart.begin())]);
    take(colors.back());
  }
}

}  // namespace

std::optional<Color> parse_color(const std::string& text) {
  const bool digits =
      text.size() > 1 && text[0] == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  if (!digits || (text.size() != 4 && text.size() != 7 && text.size() != 9)) {
    return std::nullopt;
  }
  std::string six = text.substr(1, 6);
  if (text.size() == 4) {
    six = {text[1], text[1], text[2], text[2], text[3], text[3]};
  }
  return from_hex(static_cast<std::uint32_t>(std::stoul(six, nullptr, 16)));
}

Light to_light(const Color& color) {
  return {channel_to_light(color.red), channel_to_light(color.green), channel_to_light(color.blue)};
}

Color from_light(const Light& light) {
  return {channel_from_light(light[0]), channel_from_light(light[1]), channel_from_light(light[2])};
}

Perceived perceived(const Color& color) {
  const Light light = to_light(color);
  const auto red = static_cast<double>(light[0]);
  const auto green = static_cast<double>(light[1]);
  const auto blue = static_cast<double>(light[2]);
  const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

double color_distance(const Color& a, const Color& b) { return distance(perceived(a), perceived(b)); }

Color within_lightness(const Color& color, double least, double most) {
  Perceived seen = perceived(color);
  if (seen[0] >= least && seen[0] <= most) {
    return color;
  }
  seen[0] = std::clamp(seen[0], least, most);
  return displayable(seen);
}

std::vector<Color> class_colors(std::size_t classes, bool dark) {
  const std::array<std::uint32_t, listed>& list = dark ? on_black : on_white;
  std::vector<Color> colors;
  colors.reserve(classes);
  std::transform(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(classes, listed)),
                 std::back_inserter(colors), from_hex);
  if (classes > listed) {
    extend(colors, classes, dark);
  }
  return colors;
}

}  // namespace distsne
