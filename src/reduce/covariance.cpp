/// A symmetric update in integers. A piece of work is a square of panels times a chunk of rows: its thread packs the
/// rows a few at a time, sums on its own, and adds to the sums of all at the end, so threads never wait for each other.
#include "reduce/covariance.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <mutex>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"
#include "reduce/scale.hpp"

namespace distsne {
namespace {

constexpr std::size_t tile_size = panel_width * panel_width;
constexpr std::size_t panel_size = exact_rows * panel_width;
constexpr std::size_t most_side = 36;  // panels along a square: large, as packing is paid once for each square
constexpr std::size_t sub_side =
    4;  // panels that are multiplied with each other while the second-level cache holds them

/// Consecutive panels.
struct Group {
  std::size_t first = 0;
  std::size_t count = 0;
  [[nodiscard]] std::size_t first_column() const { return first * panel_width; }
};

/// How the upper triangle and the rows of this rank are cut into pieces of work.
struct Cut {
  std::vector<Group> groups;
  std::size_t squares = 0;
  std::size_t rows = 0;
  std::size_t chunk_rows = 0;

  Cut(std::size_t panels, std::size_t local_rows) : rows(local_rows) {
    const std::size_t count = divide_up(panels, most_side);
    for (std::size_t g = 0; g < count; ++g) {
      groups.push_back({panels * g / count, panels * (g + 1) / count - panels * g / count});
    }
    squares = count * (count + 1) / 2;
    constexpr std::size_t least_rows = 4 * exact_rows;  // makes up for the addition at the end
    constexpr std::size_t most_rows = 64 * exact_rows;
    const std::size_t fair = rows / (8 * static_cast<std::size_t>(threads()));
    chunk_rows = round_up(std::clamp(fair, least_rows, most_rows), exact_rows);
  }
};

/// What a thread uses again from piece to piece.
struct Workspace {
  AlignedVector<double> left;
  AlignedVector<double> right;
  AlignedVector<double> column_sums;  // of a few rows: whole, then fine
  std::vector<std::int64_t> whole;
  std::vector<std::int64_t> fine;
  AlignedVector<std::int64_t> tiles;
};

/// Packs `count` rows from `first` of the columns of a group; adds to the column sums when `summed`.
template <class Real>
void pack(const DistributedMatrix<Real>& x, const ColumnUnits& units, std::size_t first, std::size_t count,
          const Group& group, bool summed, AlignedVector<double>& panels, Workspace& own) {
  const auto columns = static_cast<std::size_t>(x.columns);
  panels.resize(std::max(panels.size(), group.count * panel_size));
  ScaleTask<Real> task;
  task.row_step = columns;
  task.rows = x.values.data() + first * columns + group.first_column();
  task.count = count;
  task.columns = std::min(group.count * panel_width, columns - group.first_column());
  task.center = units.center.data() + group.first_column();
  task.inverse = units.inverse.data() + group.first_column();
  task.out = panels.data();
  task.out_panel = panel_size;
  if (!summed) {
    write_scaled(task);
    return;
  }
  const std::size_t width = group.count * panel_width;
  own.column_sums.assign(2 * width, 0.0);
  task.whole_sums = own.column_sums.data();
  task.fine_sums = task.whole_sums + width;
  task.fine = std::ldexp(1.0, units.fraction_bits);
  write_scaled(task);
  for (std::size_t c = 0; c < task.columns; ++c) {
    own.whole[c] += static_cast<std::int64_t>(task.whole_sums[c]);
    own.fine[c] += static_cast<std::int64_t>(task.fine_sums[c]);
  }
}

/// Adds the products of two packed groups to the tiles; on the diagonal, of its upper half.
void multiply_groups(const Group& p, const Group& q, std::size_t depth, const double* left, Workspace& own) {
  const bool diagonal = p.first == q.first;
  ProductTask<std::int64_t> task;
  task.left_depth = panel_width;
  task.rows = panel_width;
  task.columns = panel_width;
  task.depth = depth;
  task.out_row = panel_width;
  for (std::size_t sub_q = 0; sub_q < q.count; sub_q += sub_side) {
    for (std::size_t sub_p = 0; sub_p < (diagonal ? sub_q + 1 : p.count); sub_p += sub_side) {
      for (std::size_t j = sub_q; j < std::min(q.count, sub_q + sub_side); ++j) {
        task.right = own.right.data() + j * panel_size;
        for (std::size_t i = sub_p; i < std::min(diagonal ? j + 1 : p.count, sub_p + sub_side); ++i) {
          task.left = left + i * panel_size;
          task.out = own.tiles.data() + (j * p.count + i) * tile_size;
          add_products(task);
        }
      }
    }
  }
}

/// One piece of work.
template <class Real>
void sum_piece(const DistributedMatrix<Real>& x, const Group& p, const Group& q, std::size_t begin, std::size_t end,
               std::mutex& lock, Workspace& own, CovarianceSums& sums) {
  const bool diagonal = p.first == q.first;
  own.tiles.assign(p.count * q.count * tile_size, 0);
  own.whole.assign(q.count * panel_width, 0);
  own.fine.assign(q.count * panel_width, 0);
  for (std::size_t first = begin; first < end; first += exact_rows) {
    const std::size_t count = std::min(exact_rows, end - first);
    pack(x, sums.units, first, count, q, diagonal, own.right, own);
    if (!diagonal) {
      pack(x, sums.units, first, count, p, false, own.left, own);
    }
    multiply_groups(p, q, count, diagonal ? own.right.data() : own.left.data(), own);
  }
  const auto add = [](const std::int64_t* from, std::size_t count, std::int64_t* to) {
    std::transform(from, from + count, to, to, std::plus<>());
  };
  const std::lock_guard guard(lock);
  for (std::size_t j = 0; j < q.count; ++j) {
    const std::size_t height = diagonal ? j + 1 : p.count;
    add(own.tiles.data() + j * p.count * tile_size, height * tile_size,
        sums.products.data() + CovarianceSums::panel(p.first, q.first + j));
  }
  if (diagonal) {
    const std::size_t width = std::min(own.whole.size(), sums.columns - q.first_column());
    add(own.whole.data(), width, sums.whole.data() + q.first_column());
    add(own.fine.data(), width, sums.fine.data() + q.first_column());
  }
}

}  // namespace

double CovarianceSums::covariance(std::size_t a, std::size_t b) const {
  const auto [low, high] = std::minmax(a, b);
  const std::int64_t product =
      products[panel(low / panel_width, high / panel_width) + low % panel_width * panel_width + high % panel_width];
  return centered_product(rows, product, whole[a], whole[b]) * units.relative_unit(a) * units.relative_unit(b);
}

template <class Real>
CovarianceSums covariance_sums(const Communicator& comm, const DistributedMatrix<Real>& x) {
  CovarianceSums sums;
  sums.columns = static_cast<std::size_t>(x.columns);
  sums.rows = x.rows();
  sums.units = column_units(comm, x);
  sums.whole.resize(sums.columns, 0);
  sums.fine.resize(sums.columns, 0);
  const std::size_t panels = divide_up(sums.columns, panel_width);
  sums.products.resize(panels * (panels + 1) / 2 * tile_size);

  const Cut cut(panels, static_cast<std::size_t>(x.local_rows()));
  std::vector<Workspace> workspaces(static_cast<std::size_t>(threads()));
  std::vector<std::mutex> locks(cut.squares);
  parallel_for(static_cast<std::int64_t>(cut.squares * divide_up(cut.rows, cut.chunk_rows)), [&](std::int64_t piece) {
    if (asked_to_stop()) {
      return;
    }
    const std::size_t square = static_cast<std::size_t>(piece) % cut.squares;
    const std::size_t begin = static_cast<std::size_t>(piece) / cut.squares * cut.chunk_rows;
    std::size_t p = square;
    std::size_t q = 0;
    while (p > q) {
      p -= ++q;
    }
    sum_piece(x, cut.groups[p], cut.groups[q], begin, std::min(cut.rows, begin + cut.chunk_rows), locks[square],
              workspaces[thread_index()], sums);
  });
  stop_if_asked(comm);
  comm.sum(std::span<std::int64_t>(sums.whole));
  comm.sum(std::span<std::int64_t>(sums.fine));
  comm.sum(std::span<std::int64_t>(sums.products));
  return sums;
}

Block covariance_rows(const CovarianceSums& sums, std::size_t begin, std::size_t end) {
  Block block(end - begin, sums.columns);
  parallel_for(static_cast<std::int64_t>(block.rows), [&](std::int64_t row) {
    const auto i = static_cast<std::size_t>(row);
    for (std::size_t k = 0; k < sums.columns; ++k) {
      block.row(i)[k] = sums.covariance(begin + i, k);
    }
  });
  return block;
}

template CovarianceSums covariance_sums(const Communicator&, const DistributedMatrix<float>&);
template CovarianceSums covariance_sums(const Communicator&, const DistributedMatrix<double>&);

}  // namespace distsne
