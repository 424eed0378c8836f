/// Looking at a sample of the map for the colors of its classes.
#include "render/page_colors.hpp"

#include <algorithm>
#include <cmath>

#include "render/class_places.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_places = 1'000'000;
constexpr double longer_side = 1000.0;
constexpr std::size_t different_colors = 300;  // more classes than these go round
constexpr std::size_t plainly_unlike = 8;      // classes whose colors are unlike in any order

}  // namespace

SampledPlaces sample_places(std::span<const float> points, const View& view) {
  const Range& across = view.axes[0];
  const Range& up = view.axes[1];
  const double scale = longer_side / std::max(across.width(), up.width());
  const std::size_t rows = points.size() / 2;
  SampledPlaces sample;
  sample.step = std::max<std::size_t>(1, divide_up(rows, most_places));
  sample.width = static_cast<int>(std::ceil(scale * across.width()));
  sample.height = static_cast<int>(std::ceil(scale * up.width()));
  for (std::size_t row = 0; row < rows; row += sample.step) {
    sample.places.push_back({scale * (static_cast<double>(points[2 * row]) - across.low),
                             scale * (up.high - static_cast<double>(points[2 * row + 1]))});
  }
  return sample;
}

std::vector<Color> page_colors(const std::vector<std::string>& classes, std::span<const std::uint32_t> class_of,
                               const std::map<std::string, Color>& given, const SampledPlaces& sample) {
  const std::vector<Color> palette = class_colors(std::min(classes.size(), different_colors));
  Coloring coloring;
  coloring.kind = Coloring::Kind::classes;
  coloring.classes = classes;
  std::vector<bool> fixed;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto found = given.find(classes[i]);
    fixed.push_back(found != given.end());
    coloring.colors.push_back(fixed.back() ? found->second : palette[i % palette.size()]);
  }
  if (classes.size() > plainly_unlike && classes.size() <= different_colors) {
    for (std::size_t i = 0; i < sample.places.size(); ++i) {
      coloring.shades.push_back(static_cast<std::uint16_t>(class_of[i * sample.step]));
    }
    const ClassMap map = find_classes(
        static_cast<GlobalIndex>(sample.places.size()),
        [&](GlobalIndex i) { return sample.places[static_cast<std::size_t>(i)]; }, coloring, sample.width,
        sample.height);
    spread_colors(coloring.colors, map.closeness, fixed);
  }
  return coloring.colors;
}

}  // namespace distsne
