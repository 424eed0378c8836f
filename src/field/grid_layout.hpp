/// Where the nodes of the grid lie, and how it is cut into tiles.
#pragma once

#include <array>

#include "distsne/base/types.hpp"

namespace distsne {

/// B-splines of an order (4: cubic, 6: quintic) on nodes `step` map units apart.
struct GridResolution {
  int order = 4;
  double step = 0.5;
  /// Nodes that are kept free at one end. Where the kernel is taken to repeat itself it has a kink, which the splines'
  /// transform spreads over some nodes around: a relative error of 0.27 (cubic) or 0.43 (quintic) to the power of
  /// these.
  int margin = 0;
  friend bool operator==(const GridResolution&, const GridResolution&) = default;
};

/// Three axes whatever the dimensions of the map: axis 0 is cut into slabs over the ranks, axis 2 is the fast one. A
/// map of one dimension lies along axis 2, one of two along 0 and 2; axes that are not used have one node.
struct GridShape {
  int dims = 2;
  std::array<LocalIndex, 3> nodes{1, 1, 1};  ///< whole tiles
  std::array<LocalIndex, 3> tile{1, 1, 1};   ///< nodes of a tile
  friend bool operator==(const GridShape&, const GridShape&) = default;

  /// The axis of a coordinate of the map.
  [[nodiscard]] std::size_t axis(std::size_t coordinate) const {
    return dims == 3 ? coordinate : dims == 2 ? 2 * coordinate : 2;
  }
  [[nodiscard]] bool used(std::size_t a) const { return nodes[a] > 1; }
  /// Nodes with the padding that keeps the two ends of the grid apart in a periodic convolution.
  [[nodiscard]] LocalIndex padded(std::size_t a) const { return used(a) ? 2 * nodes[a] : 1; }
  [[nodiscard]] LocalIndex tiles(std::size_t a) const { return nodes[a] / tile[a]; }
  [[nodiscard]] std::size_t tile_count() const {
    return static_cast<std::size_t>(tiles(0)) * static_cast<std::size_t>(tiles(1)) * static_cast<std::size_t>(tiles(2));
  }
  [[nodiscard]] std::size_t tile_nodes() const {
    return static_cast<std::size_t>(tile[0]) * static_cast<std::size_t>(tile[1]) * static_cast<std::size_t>(tile[2]);
  }
};

/// The smallest grid that holds a map of the given extents (in map units, one for each dimension), with sizes whose
/// transforms are quick. A function of the extents alone, so that nothing about it has to be remembered; but tiles
/// become flat where there are more ranks than rows of tiles to share out, which changes no bits of the field.
[[nodiscard]] GridShape fit_grid(int dims, const std::array<double, 3>& extent, const GridResolution& resolution,
                                 int ranks);

/// Bytes that the convolution of a grid takes on each of `ranks` ranks, as they are now and in buffers.
[[nodiscard]] double convolution_bytes(const GridShape& shape, int ranks, std::size_t value_bytes);

}  // namespace distsne
