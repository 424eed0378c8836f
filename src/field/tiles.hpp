/// Points sorted by the tile of the grid that they lie in, and the tiles that travel between ranks.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/data/matrix.hpp"
#include "field/bounds.hpp"
#include "field/grid_layout.hpp"
#include "field/stencil.hpp"

namespace distsne {

/// A box of the grid's tiles, numbered like those of the whole grid: so that what a rank keeps for each tile is of the
/// part where its points lie.
struct TileWindow {
  std::array<std::size_t, 3> first{};
  std::array<std::size_t, 3> count{};

  [[nodiscard]] std::size_t size() const { return count[0] * count[1] * count[2]; }
  /// Number in the window of a tile, which lies in it, from its place in the grid.
  [[nodiscard]] std::size_t number(const std::array<std::size_t, 3>& place) const {
    return ((place[0] - first[0]) * count[1] + place[1] - first[1]) * count[2] + place[2] - first[2];
  }
  [[nodiscard]] std::array<std::size_t, 3> place(std::size_t number) const {
    return {first[0] + number / (count[1] * count[2]), first[1] + number / count[2] % count[1],
            first[2] + number % count[2]};
  }
};

/// The points of this rank, tile by tile.
template <class Real>
class TileBins {
 public:
  struct Bin {
    std::uint32_t tile;   // number of the tile, the fast axis last
    std::uint32_t begin;  // of its points
    std::uint32_t end;
  };

  /// Sorts the points; the first node that a point at the lower end of the map reaches lies there.
  void sort(const GridShape& shape, const Bounds& bounds, const GridResolution& resolution, const Embedding<Real>& map,
            std::span<const Real> charges);

  /// The tiles that the points lie in, and those between them.
  [[nodiscard]] const TileWindow& window() const { return window_; }
  [[nodiscard]] const std::vector<Bin>& bins() const { return bins_; }
  /// Points of a bin.
  [[nodiscard]] TilePoints<Real> points(const Bin& bin) const;
  /// Local rows of the points in their sorted order.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }

 private:
  int dims_ = 2;
  int order_ = 4;
  bool charged_ = false;
  TileWindow window_;
  std::vector<Bin> bins_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> tile_of_row_;  // numbers in the window
  std::vector<std::uint32_t> histogram_;    // chunk of rows, tile of the window
  std::array<AlignedVector<Real>, 3> coordinate_;
  AlignedVector<Real> charge_;
};

/// The tiles whose nodes the points of this rank reach, and what they hold.
template <class Real>
class TilePages {
 public:
  /// Adds what the points of each bin left on their nodes (layout.size() integers a bin) to the tiles they belong to.
  void collect(const GridShape& shape, const TileNodes& layout, const TileBins<Real>& bins,
               const std::vector<std::int64_t>& bin_nodes);

  /// Tiles touched, in rising order.
  [[nodiscard]] const std::vector<std::uint32_t>& tiles() const { return tiles_; }
  /// The number of each of them and tile_nodes() integers, ready to travel.
  [[nodiscard]] const std::vector<std::int64_t>& sums() const { return sums_; }
  /// Integers of a tile there.
  [[nodiscard]] static std::size_t sums_stride(const GridShape& shape) { return shape.tile_nodes() + 1; }
  /// tile_nodes() values for each of them.
  [[nodiscard]] AlignedVector<Real>& values() { return values_; }
  /// Puts the values of the nodes that the points of a tile reach into `nodes`, layout.size() of them.
  void nodes_of(const GridShape& shape, const TileNodes& layout, std::uint32_t tile, Real* nodes) const;

 private:
  TileWindow window_;  // of the bins, and the next tile along every axis
  std::vector<std::uint32_t> tiles_;
  std::vector<std::int32_t> slot_;      // place of each tile of the window in tiles_, or -1
  std::vector<std::int32_t> bin_slot_;  // place of each tile in the bins, or -1
  std::vector<std::int64_t> sums_;
  AlignedVector<Real> values_;
};

extern template class TileBins<float>;
extern template class TileBins<double>;
extern template class TilePages<float>;
extern template class TilePages<double>;

}  // namespace distsne
