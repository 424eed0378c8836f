/// Lengths and colors that follow from the options of a picture.
#pragma once

#include <algorithm>
#include <cmath>

#include "render/picture.hpp"

namespace distsne {

struct Style {
  double font = 0.0;  ///< height of letters in pixels
  double title_font = 0.0;
  double margin = 0.0;
  double gap = 0.0;  ///< between map and legend
  double hairline = 1.0;
  Color ground;  ///< what text is read on
  Color ink;
  Color faint;
  bool dark = false;
};

[[nodiscard]] inline Style style_of(int size, Background background) {
  Style style;
  style.font = std::max(9.0, size / 68.0);
  style.title_font = 1.35 * style.font;
  style.margin = std::round(size / 50.0);
  style.gap = std::round(1.4 * style.font);
  style.hairline = std::max(1.0, style.font / 20.0);
  style.dark = background == Background::black;
  style.ground = style.dark ? from_hex(0x000000) : from_hex(0xffffff);
  style.ink = style.dark ? from_hex(0xe8e8e8) : from_hex(0x222222);
  style.faint = style.dark ? from_hex(0x9a9a9a) : from_hex(0x6e6e6e);
  return style;
}

/// The color of words about something that has the color: as near as can be read on the ground.
[[nodiscard]] inline Color readable(const Color& color, const Style& style) {
  return style.dark ? within_lightness(color, 0.74, 1.0) : within_lightness(color, 0.0, 0.5);
}

}  // namespace distsne
