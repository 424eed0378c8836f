/// Random maps, and what a pixel shows.
#pragma once

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "render/raster.hpp"

namespace distsne::test {

/// Coordinates of normal points.
inline std::vector<float> cloud(GlobalIndex rows, std::uint32_t dims) {
  const CounterRandom random(3);
  std::vector<float> points;
  for (GlobalIndex i = 0; i < rows; ++i) {
    for (std::uint32_t m = 0; m < dims; ++m) {
      points.push_back(static_cast<float>(random.normal(i, m)));
    }
  }
  return points;
}

inline std::uint32_t opacity(std::uint32_t pixel) { return pixel >> 24U; }

inline Light light_of(std::uint32_t pixel) {
  const auto alpha = static_cast<float>(opacity(pixel));
  const auto channel = [pixel, alpha](unsigned shift) { return static_cast<float>(pixel >> shift & 0xFFU) / alpha; };
  return to_light({channel(16), channel(8), channel(0)});
}

inline float distance(const Light& a, const Light& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

/// Whether a pixel shows this color, whatever its opacity.
inline bool shows(std::uint32_t pixel, const Color& color) {
  return opacity(pixel) > 100U && distance(light_of(pixel), to_light(color)) < 0.02F;
}

}  // namespace distsne::test
