/// Sizes of grids.
#include "field/grid_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

constexpr LocalIndex granule = 16;          // nodes of every used axis come in multiples of this
constexpr LocalIndex most_nodes = 1 << 20;  // of an axis: FFTW takes int lengths, and no memory takes more

/// Sizes n for which a transform of 2 n values is about as quick as for any size near: granule times 2^a, 3 2^a, 5 2^a.
LocalIndex quick_size(double needed) {
  if (!(needed <= static_cast<double>(most_nodes))) {
    throw DivergedMap(fmt::format("it spans {:.3g} grid nodes, more than the grid can have,", needed));
  }
  LocalIndex best = most_nodes;
  for (const LocalIndex odd : {1, 3, 5}) {
    LocalIndex size = granule * odd;
    while (static_cast<double>(size) < needed) {
      size *= 2;
    }
    best = std::min(best, size);
  }
  return best;
}

}  // namespace

GridShape fit_grid(int dims, const std::array<double, 3>& extent, const GridResolution& resolution, int ranks) {
  GridShape shape;
  shape.dims = dims;
  for (std::size_t m = 0; m < static_cast<std::size_t>(dims); ++m) {
    const std::size_t a = shape.axis(m);
    shape.nodes[a] = quick_size(std::floor(extent[m] / resolution.step) + resolution.order + resolution.margin);
    shape.tile[a] = dims == 1 ? std::min<LocalIndex>(64, shape.nodes[a]) : dims == 2 ? 16 : 8;
    if (shape.nodes[a] % shape.tile[a] != 0) {
      shape.tile[a] = granule;
    }
  }
  // The points of a tile reach no further than the next one.
  const LocalIndex least = resolution.order == 4 ? 4 : 8;
  while (shape.used(0) && shape.tiles(0) < ranks && shape.tile[0] > least) {
    shape.tile[0] /= 2;
  }
  return shape;
}

double convolution_bytes(const GridShape& shape, int ranks, std::size_t value_bytes) {
  const auto product = [](double a, double b, double c) { return a * b * c; };
  const double slab = product(shape.nodes[0], shape.nodes[1], shape.padded(2));
  const double middle = 2.0 * product(shape.nodes[0], shape.padded(1), shape.padded(2) / 2.0 + 8);
  const double kernel = product(shape.padded(0), shape.padded(1), shape.padded(2) / 2.0 + 8);
  const double share = std::max(1.0 / ranks, static_cast<double>(shape.tile[0]) / shape.nodes[0]);
  return static_cast<double>(value_bytes) * share * (slab + 3.0 * middle + kernel) +
         8.0 * share * product(shape.nodes[0], shape.nodes[1], shape.nodes[2]);
}

}  // namespace distsne
