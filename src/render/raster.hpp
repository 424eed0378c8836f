/// A picture made of pixels.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "distsne/base/types.hpp"
#include "render/color.hpp"

namespace distsne {

/// Rows of pixels from the top; each 0xAARRGGBB, the colors multiplied by the opacity.
struct Raster {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> pixels;

  Raster() = default;
  Raster(int width_in, int height_in)
      : width(width_in), height(height_in), pixels(checked_product(width_in, height_in)) {}

  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
};

/// The pixel of a color with an opacity from 0 to 1.
[[nodiscard]] inline std::uint32_t pixel_of(const Color& color, float opacity) {
  const auto byte = [](float value) { return static_cast<std::uint32_t>(std::lround(value * 255.0F)); };
  return byte(opacity) << 24U | byte(color.red * opacity) << 16U | byte(color.green * opacity) << 8U |
         byte(color.blue * opacity);
}

}  // namespace distsne
