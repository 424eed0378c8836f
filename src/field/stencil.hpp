/// Spreading the charges of the points of one tile to its nodes, and gathering potentials at its points.
#pragma once

#include <array>
#include <cstdint>

#include "field/grid_layout.hpp"

namespace distsne {

/// Registers read whole vectors: arrays of points and nodes must go on for so many elements.
inline constexpr std::size_t stencil_padding = 64;

/// The nodes that the points of a tile reach: the tile and order - 1 more along each used axis. Row-major with a pitch
/// that leaves room for whole vectors.
struct TileNodes {
  std::array<std::size_t, 3> extent{1, 1, 1};
  std::size_t pitch = 1;  ///< of axis 2

  TileNodes() = default;
  TileNodes(const GridShape& shape, int order);
  [[nodiscard]] std::size_t size() const { return extent[0] * extent[1] * pitch; }
};

/// Points of one tile. Coordinates are in node distances, counted from the tile's first node; one array for each
/// dimension of the map, the fast axis last.
template <class Real>
struct TilePoints {
  int dims = 2;
  int order = 4;
  std::size_t count = 0;
  std::array<const Real*, 3> coordinate{};
  const Real* charge = nullptr;  ///< null: 1 each
};

/// The interaction of a point with its own image on the grid, which has to be taken off: kernel values at offsets of
/// nodes below the order, multiplied by the number of equal ones of either sign.
template <class Real>
struct SelfInteraction {
  std::array<Real, 216> kernel{};  ///< order^dims values, the fast axis last
};

/// Adds to `nodes` the charges times spline weights times `unit`, rounded to integers.
template <class Real>
void spread_tile(const TilePoints<Real>& points, const TileNodes& layout, Real unit, std::int64_t* nodes);

/// Results of gathering, one array for each quantity; room for whole vectors.
template <class Real>
struct TileValues {
  Real* potential = nullptr;
  std::array<Real*, 3> gradient{};  ///< per node distance
};

/// The interpolant of the nodes' values and its derivatives at the points, without the points' own contributions.
template <class Real>
void gather_tile(const TilePoints<Real>& points, const TileNodes& layout, const Real* nodes,
                 const SelfInteraction<Real>& self, const TileValues<Real>& values);

}  // namespace distsne
