/// Dividing squares into four until few points are left in each.
#include "render/tile_tree.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace distsne {
namespace {

constexpr int deepest = 20;
constexpr double weight_steps = 8.0;  // for each doubling

/// Random order of the rows: the finalizer of SplitMix64 (Steele, Lea and Flood 2014).
std::uint64_t priority(CompactIndex row) {
  std::uint64_t x = std::uint64_t{row} + 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// Lays the tile's square about some points.
void fit_square(Tile& tile, std::span<const float> points, std::span<const CompactIndex> rows) {
  std::array<double, 2> low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  std::array<double, 2> high{std::numeric_limits<double>::lowest(), std::numeric_limits<double>::lowest()};
  for (const CompactIndex row : rows) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const auto place = static_cast<double>(points[std::size_t{row} * 2 + axis]);
      low[axis] = std::min(low[axis], place);
      high[axis] = std::max(high[axis], place);
    }
  }
  const double widest = std::max(high[0] - low[0], high[1] - low[1]);
  tile.side = widest > 0.0 ? widest * (1.0 + 1e-6) : 1.0;
  tile.x = (low[0] + high[0] - tile.side) / 2.0;
  tile.y = (low[1] + high[1] - tile.side) / 2.0;
}

/// The cells of a tile's square.
class Cells {
 public:
  Cells(const Tile& tile, std::span<const float> points, std::size_t most)
      : tile_(tile), points_(points), across_(static_cast<std::size_t>(std::sqrt(static_cast<double>(most)))) {}

  [[nodiscard]] std::size_t count() const { return across_ * across_; }
  [[nodiscard]] std::size_t operator()(CompactIndex row) const {
    const auto step = [&](std::size_t axis, double low) {
      const double share = (static_cast<double>(points_[std::size_t{row} * 2 + axis]) - low) / tile_.side;
      return std::min(across_ - 1, static_cast<std::size_t>(share * static_cast<double>(across_)));
    };
    return step(1, tile_.y) * across_ + step(0, tile_.x);
  }

 private:
  const Tile& tile_;
  std::span<const float> points_;
  std::size_t across_;
};

bool comes_first(CompactIndex a, CompactIndex b) { return priority(a) < priority(b); }

/// Moves the own points of a divided tile to the front of its rows, in rising order, and tells their weights.
void draw_sample(std::span<CompactIndex> rows, const Cells& cells, std::span<std::uint8_t> weights) {
  std::vector<std::uint32_t> totals(cells.count(), 0);
  std::vector<CompactIndex> first(cells.count(), 0);
  for (const CompactIndex row : rows) {
    const std::size_t cell = cells(row);
    first[cell] = totals[cell] == 0 || comes_first(row, first[cell]) ? row : first[cell];
    ++totals[cell];
  }
  const auto others =
      std::partition(rows.begin(), rows.end(), [&](CompactIndex row) { return first[cells(row)] == row; });
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(weights.size());
  std::nth_element(others, end, rows.end(), comes_first);
  std::sort(rows.begin(), end);
  std::vector<std::uint32_t> drawn(cells.count(), 0);
  std::for_each(rows.begin(), end, [&](CompactIndex row) { ++drawn[cells(row)]; });
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t cell = cells(rows[i]);
    const double weight = static_cast<double>(totals[cell]) / static_cast<double>(drawn[cell]);
    weights[i] = static_cast<std::uint8_t>(std::lround(weight_steps * std::log2(weight)));
  }
}

}  // namespace

double weight_of(std::uint8_t kept) { return std::exp2(static_cast<double>(kept) / weight_steps); }

TileTree make_tile_tree(std::span<const float> points, const TileSizes& sizes) {
  TileTree tree;
  tree.order.resize(points.size() / 2);
  std::iota(tree.order.begin(), tree.order.end(), CompactIndex{0});
  tree.weights.assign(tree.order.size(), 0);
  tree.tiles.emplace_back().total = tree.order.size();
  for (std::size_t t = 0; t < tree.tiles.size(); ++t) {
    Tile tile = tree.tiles[t];
    const std::span<CompactIndex> rows = std::span(tree.order).subspan(tile.first, tile.total);
    fit_square(tile, points, rows);
    tile.divided = rows.size() > sizes.undivided && tile.depth < deepest;
    tile.own = tile.divided ? sizes.sample : rows.size();
    if (tile.divided) {
      draw_sample(rows, Cells(tile, points, sizes.sample), std::span(tree.weights).subspan(tile.first, tile.own));
    } else {
      std::sort(rows.begin(), rows.end());
    }
    tree.tiles[t] = tile;
    auto begin = rows.begin() + static_cast<std::ptrdiff_t>(tile.own);
    for (int quadrant = 0; tile.divided && quadrant < 4; ++quadrant) {
      const double half = tile.side / 2.0;
      const auto end = std::partition(begin, rows.end(), [&](CompactIndex row) {
        const int right = static_cast<double>(points[std::size_t{row} * 2]) >= tile.x + half ? 1 : 0;
        const int above = static_cast<double>(points[std::size_t{row} * 2 + 1]) >= tile.y + half ? 2 : 0;
        return right + above == quadrant;
      });
      if (end != begin) {
        Tile below;
        below.parent = static_cast<int>(t);
        below.depth = tile.depth + 1;
        below.first = static_cast<std::size_t>(begin - rows.begin()) + tile.first;
        below.total = static_cast<std::size_t>(end - begin);
        tree.tiles.push_back(below);
      }
      begin = end;
    }
  }
  return tree;
}

}  // namespace distsne
