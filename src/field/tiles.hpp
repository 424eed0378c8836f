/// Points sorted by the tile of the grid that they lie in, and the tiles that travel between ranks.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/data/matrix.hpp"
#include "field/grid_layout.hpp"
#include "field/stencil.hpp"

namespace distsne {

/// The points of this rank, tile by tile.
template <class Real>
class TileBins {
 public:
  struct Bin {
    std::uint32_t tile;   // number of the tile, the fast axis last
    std::uint32_t begin;  // of its points
    std::uint32_t end;
  };

  /// Sorts the points; `low` is the position of the first node that a point at the lower end of the map reaches.
  void sort(const GridShape& shape, const std::array<double, 3>& low, const GridResolution& resolution,
            const Embedding<Real>& map, std::span<const Real> charges);

  [[nodiscard]] const std::vector<Bin>& bins() const { return bins_; }
  /// Points of a bin.
  [[nodiscard]] TilePoints<Real> points(const Bin& bin) const;
  /// Local rows of the points in their sorted order.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }

 private:
  int dims_ = 2;
  int order_ = 4;
  bool charged_ = false;
  std::vector<Bin> bins_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> tile_of_row_;
  std::vector<std::uint32_t> histogram_;  // chunk of rows, tile
  std::array<AlignedVector<Real>, 3> coordinate_;
  AlignedVector<Real> charge_;
};

/// The tiles whose nodes the points of this rank reach, and what they hold.
template <class Real>
class TilePages {
 public:
  /// Adds what the points of each bin left on their nodes (layout.size() integers a bin) to the tiles they belong to.
  void collect(const GridShape& shape, const TileNodes& layout, const std::vector<typename TileBins<Real>::Bin>& bins,
               const std::vector<std::int64_t>& bin_nodes);

  /// Tiles touched, in rising order.
  [[nodiscard]] const std::vector<std::uint32_t>& tiles() const { return tiles_; }
  /// tile_nodes() integers for each of them.
  [[nodiscard]] std::vector<std::int64_t>& sums() { return sums_; }
  /// tile_nodes() values for each of them.
  [[nodiscard]] AlignedVector<Real>& values() { return values_; }
  /// Puts the values of the nodes that the points of a tile reach into `nodes`, layout.size() of them.
  void nodes_of(const GridShape& shape, const TileNodes& layout, std::uint32_t tile, Real* nodes) const;

 private:
  std::vector<std::uint32_t> tiles_;
  std::vector<std::int32_t> slot_;      // place of each tile of the grid in tiles_, or -1
  std::vector<std::int32_t> bin_slot_;  // place of each tile in the bins, or -1
  std::vector<std::int64_t> sums_;
  AlignedVector<Real> values_;
};

extern template class TileBins<float>;
extern template class TileBins<double>;
extern template class TilePages<float>;
extern template class TilePages<double>;

}  // namespace distsne
