/// Points sorted into a tree of square tiles, for views of any part of a map at any scale.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

struct Tile {
  int parent = -1;
  int depth = 0;
  double x = 0.0;  ///< of the lower left corner of its square, which is laid close about its points
  double y = 0.0;
  double side = 0.0;
  bool divided = false;   ///< further points lie in four tiles below it, some of which may be missing
  std::size_t first = 0;  ///< place of its own points in the order
  std::size_t own = 0;
  std::size_t total = 0;  ///< points within its square: its own and those of the tiles below
};

struct TileTree {
  std::vector<Tile> tiles;          ///< level by level
  std::vector<CompactIndex> order;  ///< rows, tile after tile; rising within a tile
  /// In the same order, how many points of its tile a point stands for while the tiles below are not drawn: itself 1;
  /// see weight_of().
  std::vector<std::uint8_t> weights;
};

struct TileSizes {
  std::size_t sample = 1U << 15U;     ///< own points of a tile that is divided
  std::size_t undivided = 1U << 16U;  ///< a tile with no more points than these has them all
};

/// Weights are kept as powers of 2^(1/8), so within 5 %.
[[nodiscard]] double weight_of(std::uint8_t kept);

/// `points` holds rows of 2 coordinates, all finite. The tree depends on nothing but them and the sizes.
/// The own points of a tile that is divided are a picture of all points in it: the square is cut into as many cells as
/// there are own points, and each cell that has points gives one of them, drawn at random; own points that are left
/// over are drawn at random from the others. Those of a cell share the number of its points as their weights. So the
/// own points show how many points lie in each cell, and none that lies alone is left out.
[[nodiscard]] TileTree make_tile_tree(std::span<const float> points, const TileSizes& sizes = {});

}  // namespace distsne
