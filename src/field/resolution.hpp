/// From the accuracy asked for to the order of the splines and the step of the grid.
#pragma once

#include "field/grid_layout.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// Cubic splines as long as they take no finer a grid than quintic ones by so much that it costs more.
[[nodiscard]] GridResolution resolution_for(const Kernel& kernel, double accuracy);

/// Transform of a spline sampled at the nodes, at frequency f of n.
[[nodiscard]] double spline_transform(int order, LocalIndex f, LocalIndex n);

}  // namespace distsne
