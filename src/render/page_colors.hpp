/// Colors of the classes of a page.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "render/color.hpp"
#include "render/splat.hpp"
#include "render/view.hpp"

namespace distsne {

/// Every so many-th row of a map, for what need not look at all of them.
struct SampledPlaces {
  std::size_t step = 1;
  std::vector<Place> places;  ///< of the rows 0, step, 2 step, ..., as in a picture of the size below
  int width = 1;
  int height = 1;
};

/// At most a million rows of `points`, which holds rows of 2 coordinates.
[[nodiscard]] SampledPlaces sample_places(std::span<const float> points, const View& view);

/// A color for each class: the given ones, else those of the palette, exchanged as in pictures so that neighbors on the
/// map are unlike. `class_of` tells the class of each row; numbers beyond the classes: missing.
[[nodiscard]] std::vector<Color> page_colors(const std::vector<std::string>& classes,
                                             std::span<const std::uint32_t> class_of,
                                             const std::map<std::string, Color>& given, const SampledPlaces& sample);

}  // namespace distsne
