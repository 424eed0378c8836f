/// Drawing how many points lie where along a line.
#pragma once

#include <functional>

#include "render/coloring.hpp"
#include "render/raster.hpp"

namespace distsne {

/// Bars that stand on the lower edge; the highest reaches the upper one. Each bar stacks the shades of its points in
/// the order of the legend, from the bottom, with heights by their counts. `column` says where a point lies, in pixels
/// from the left; points outside the raster are left out. The number of bars grows with the square root of `count`, as
/// far as there are pixels.
[[nodiscard]] Raster draw_histogram(GlobalIndex count, const std::function<double(GlobalIndex)>& column,
                                    const Coloring& coloring, int width, int height);

}  // namespace distsne
