/// Counting points by bar and shade, and filling bars with smooth boundaries.
#include "render/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace distsne {
namespace {

constexpr double bars_per_root = 4.0;  // bars for each unit of the square root of the number of points
constexpr double fewest_bars = 40.0;
constexpr int narrowest_bar = 2;   // pixels
constexpr int gap_from_width = 6;  // wider bars are set apart by a pixel

int bar_width(GlobalIndex count, int width) {
  const double bars = std::max(fewest_bars, bars_per_root * std::sqrt(static_cast<double>(count)));
  return std::max(narrowest_bar, static_cast<int>(std::lround(width / bars)));
}

/// Draws one bar into a column of pixels, `heights` (one of each shade) from the bottom up.
std::vector<std::uint32_t> fill(const std::vector<double>& heights, const std::vector<Light>& lights, int height) {
  std::vector<Light> light(static_cast<std::size_t>(height), Light{});
  std::vector<float> cover(static_cast<std::size_t>(height), 0.0F);
  double bottom = 0.0;
  for (std::size_t shade = 0; shade < heights.size(); ++shade) {
    const double top = bottom + heights[shade];
    for (int row = static_cast<int>(bottom); row < height && row < top; ++row) {
      const double share = std::min(top, row + 1.0) - std::max(bottom, static_cast<double>(row));
      const auto place = static_cast<std::size_t>(height - 1 - row);
      for (std::size_t c = 0; c < 3; ++c) {
        light[place][c] += static_cast<float>(share) * lights[shade][c];
      }
      cover[place] += static_cast<float>(share);
    }
    bottom = top;
  }
  std::vector<std::uint32_t> pixels(light.size(), 0);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (cover[i] > 0.0F) {
      const Color color = from_light({light[i][0] / cover[i], light[i][1] / cover[i], light[i][2] / cover[i]});
      pixels[i] = pixel_of(color, std::min(1.0F, cover[i]));
    }
  }
  return pixels;
}

}  // namespace

Raster draw_histogram(GlobalIndex count, const std::function<double(GlobalIndex)>& column, const Coloring& coloring,
                      int width, int height) {
  const int pixels = bar_width(count, width);
  const auto bars = static_cast<std::size_t>(divide_up(width, pixels));
  const std::size_t shades = coloring.colors.size();
  std::vector<GlobalIndex> counts(bars * shades, 0);
  for (GlobalIndex point = 0; point < count; ++point) {
    const double place = column(point);
    if (place >= 0.0 && place < width) {
      ++counts[static_cast<std::size_t>(place) / static_cast<std::size_t>(pixels) * shades + coloring.shade(point)];
    }
  }
  GlobalIndex most = 1;
  for (std::size_t bar = 0; bar < bars; ++bar) {
    GlobalIndex total = 0;
    for (std::size_t shade = 0; shade < shades; ++shade) {
      total += counts[bar * shades + shade];
    }
    most = std::max(most, total);
  }

  std::vector<Light> lights(shades);
  std::transform(coloring.colors.begin(), coloring.colors.end(), lights.begin(), to_light);
  Raster raster(width, height);
  std::vector<double> heights(shades);
  for (std::size_t bar = 0; bar < bars; ++bar) {
    for (std::size_t shade = 0; shade < shades; ++shade) {
      heights[shade] = static_cast<double>(counts[bar * shades + shade]) * height / static_cast<double>(most);
    }
    const std::vector<std::uint32_t> filled = fill(heights, lights, height);
    const int left = static_cast<int>(bar) * pixels;
    const int right = std::min(width, left + pixels - (pixels >= gap_from_width ? 1 : 0));
    for (int x = left; x < right; ++x) {
      for (int y = 0; y < height; ++y) {
        raster.pixels[raster.index(x, y)] = filled[static_cast<std::size_t>(y)];
      }
    }
  }
  return raster;
}

}  // namespace distsne
