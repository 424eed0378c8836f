/// Where on the map the classes are, and which of them are neighbors.
#pragma once

#include <functional>
#include <vector>

#include "render/coloring.hpp"
#include "render/splat.hpp"

namespace distsne {

/// A class as a cluster in the picture.
struct ClassPlace {
  GlobalIndex count = 0;   ///< of its points within the picture
  Place center;            ///< the median of its points; where that is not among them, the median of its densest part
  double own_share = 0.0;  ///< of the points around the center
  Place reach;             ///< how far from the center, across and down, nine tenths of its points lie at most
};

struct ClassMap {
  std::vector<ClassPlace> places;              ///< one for each class
  std::vector<std::vector<double>> closeness;  ///< of each two: 0 when they share no part of the picture
};

/// Looks at `count` points at `place` (pixels) in a picture of the given size, on a grid of some 100 cells across.
[[nodiscard]] ClassMap find_classes(GlobalIndex count, const std::function<Place(GlobalIndex)>& place,
                                    const Coloring& coloring, int width, int height);

/// Exchanges the colors of classes until those of neighbors are unlike: the sum over neighbors of closeness times
/// likeness, which falls with the distance of their colors, cannot be lowered by exchanging two. Colors that are
/// `fixed` stay.
void spread_colors(std::vector<Color>& colors, const std::vector<std::vector<double>>& closeness,
                   const std::vector<bool>& fixed);

}  // namespace distsne
