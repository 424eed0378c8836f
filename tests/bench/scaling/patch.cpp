/// Rows along a Hilbert curve through a square (Hilbert 1891), and edges between cells of the curve.
#include "bench/scaling/patch.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace distsne::bench {
namespace {

__extension__ using Wide = __int128;

struct Cell {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

/// Turns a quadrant of the curve.
void turn(std::int64_t side, Cell& cell, bool right, bool upper) {
  if (!upper) {
    if (right) {
      cell = {side - 1 - cell.x, side - 1 - cell.y};
    }
    std::swap(cell.x, cell.y);
  }
}

/// The curve through a square of side x side cells, a power of two that has at least as many cells as there are rows.
class Curve {
 public:
  explicit Curve(GlobalIndex rows) : rows_(rows) {
    while (side_ * side_ < rows) {
      side_ *= 2;
    }
  }

  [[nodiscard]] std::int64_t side() const { return side_; }

  [[nodiscard]] Cell cell(GlobalIndex row) const {
    auto along = static_cast<std::int64_t>(static_cast<Wide>(row) * side_ * side_ / rows_);
    Cell cell;
    for (std::int64_t s = 1; s < side_; s *= 2, along /= 4) {
      const bool right = (along / 2 & 1) != 0;
      const bool upper = ((along ^ static_cast<std::int64_t>(right)) & 1) != 0;
      turn(s, cell, right, upper);
      cell.x += right ? s : 0;
      cell.y += upper ? s : 0;
    }
    return cell;
  }

  [[nodiscard]] GlobalIndex row(Cell cell) const {
    std::int64_t along = 0;
    for (std::int64_t s = side_ / 2; s > 0; s /= 2) {
      const bool right = (cell.x & s) != 0;
      const bool upper = (cell.y & s) != 0;
      along += s * s * ((right ? 3 : 0) ^ (upper ? 1 : 0));
      turn(side_, cell, right, upper);
    }
    return std::min(rows_ - 1, static_cast<GlobalIndex>(static_cast<Wide>(along) * rows_ / (side_ * side_)));
  }

 private:
  GlobalIndex rows_;
  std::int64_t side_ = 1;
};

/// Steps back from the edges of the square.
std::int64_t reflected(std::int64_t value, std::int64_t side) {
  value = std::abs(value) % (2 * side);
  return value < side ? value : 2 * side - 1 - value;
}

}  // namespace

Embedding<float> patch_map(const Communicator& comm, const Patch& patch) {
  Embedding<float> map(RowPartition(patch.rows, comm.size()), comm.rank(), 2);
  const Curve curve(patch.rows);
  const CounterRandom random(1);
  const double unit = patch.width / static_cast<double>(curve.side());
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    const GlobalIndex row = map.first_row() + i;
    const Cell cell = curve.cell(row);
    map.row(i)[0] = static_cast<float>(unit * (static_cast<double>(cell.x) + random.uniform(row, 0)));
    map.row(i)[1] = static_cast<float>(unit * (static_cast<double>(cell.y) + random.uniform(row, 1)));
  }
  return map;
}

SparseRows<float> patch_affinities(const Communicator& comm, const Patch& patch) {
  SparseRows<float> result;
  result.partition = RowPartition(patch.rows, comm.size());
  result.rank = comm.rank();
  const Curve curve(patch.rows);
  const CounterRandom random(2);
  const auto cells = static_cast<double>(curve.side()) * static_cast<double>(curve.side());
  // The nearest `edges` points fill a circle of so many cells.
  const double reach = 0.5 * std::sqrt(cells / static_cast<double>(patch.rows) * patch.edges);
  for (LocalIndex i = 0; i < result.local_rows(); ++i) {
    const GlobalIndex row = result.first_row() + i;
    const Cell cell = curve.cell(row);
    for (LocalIndex e = 0; e < patch.edges; ++e) {
      const auto column = 4 * static_cast<std::uint32_t>(e);
      const auto step = [&](std::uint32_t axis) { return std::llround(reach * random.normal(row, column + axis)); };
      const bool far = random.uniform(row, column + 2) < patch.far_share;
      const GlobalIndex to =
          far ? static_cast<GlobalIndex>(random.uniform(row, column + 3) * static_cast<double>(patch.rows))
              : curve.row({reflected(cell.x + step(0), curve.side()), reflected(cell.y + step(1), curve.side())});
      result.columns.push_back(narrow<CompactIndex>(std::min(to, patch.rows - 1)));
    }
    std::sort(result.columns.end() - patch.edges, result.columns.end());
    result.begin.push_back(static_cast<std::int64_t>(result.columns.size()));
  }
  const double each = 1.0 / (static_cast<double>(patch.rows) * patch.edges);
  result.values.assign(result.columns.size(), static_cast<float>(each));
  return result;
}

}  // namespace distsne::bench
