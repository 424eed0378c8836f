/// Drawing any number of points: each adds a disc of light to the pixels it covers.
#pragma once

#include <functional>

#include "distsne/render/coloring.hpp"
#include "distsne/render/raster.hpp"

namespace distsne {

/// In pixels from the left and from the top.
struct Place {
  double x = 0.0;
  double y = 0.0;
};

/// Draws `count` points as discs with smooth edges; memory grows with the pixels, not with the points, and no point
/// hides another. A pixel's color mixes those of the points over it by their shares, where points of small classes
/// count more (the square root of how much smaller, up to 30 times); on a scale it is the color of their mean number.
/// Its opacity rises with the number of points over it: nearly linearly in pictures where points seldom overlap, and
/// with the logarithm where they crowd, up to full color for the densest 1 % of the covered pixels.
/// Points outside the raster are left out. Equal calls give equal bits.
[[nodiscard]] Raster draw_points(GlobalIndex count, const std::function<Place(GlobalIndex)>& place,
                                 const Coloring& coloring, double radius, int width, int height);

}  // namespace distsne
