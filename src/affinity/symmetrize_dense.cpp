/// The distributed transpose of dense rows: every pair of tiles is added once on each of the two ranks that hold them.
#include <algorithm>

#include "affinity/symmetrize.hpp"
#include "base/parallel.hpp"

namespace distsne {
namespace {

constexpr LocalIndex tile = 512;

template <class Real>
class Symmetrizer {
 public:
  Symmetrizer(const Communicator& comm, DenseRows<Real>& rows)
      : comm_(comm), rows_(rows), scale_(static_cast<Real>(0.5 / static_cast<double>(rows.partition.rows()))) {}

  /// Each rank meets every other rank once, and itself, in as many steps as there are ranks.
  void run() {
    const Rank ranks = comm_.size();
    for (Rank step = 0; step < ranks; ++step) {
      const Rank partner = (step - comm_.rank() + ranks) % ranks;
      if (partner == comm_.rank()) {
        own_block();
      } else {
        exchange_with(partner);
      }
    }
  }

 private:
  void own_block() {
    const LocalIndex count = rows_.local_rows();
    const auto first = static_cast<std::size_t>(rows_.first_row());
    const std::int64_t tiles = divide_up(count, tile);
    parallel_for(tiles * tiles, [&](std::int64_t index) {
      const auto row_begin = static_cast<LocalIndex>(index / tiles) * tile;
      const auto column_begin = static_cast<LocalIndex>(index % tiles) * tile;
      for (LocalIndex i = row_begin; i < std::min(row_begin + tile, count); ++i) {
        for (LocalIndex j = column_begin; j < std::min({column_begin + tile, count, i}); ++j) {
          Real& below = rows_.row(i)[first + static_cast<std::size_t>(j)];
          Real& above = rows_.row(j)[first + static_cast<std::size_t>(i)];
          below = above = (below + above) * scale_;
        }
      }
    });
  }

  void exchange_with(Rank partner) {
    const LocalIndex theirs = rows_.partition.size(partner);
    const LocalIndex own = rows_.local_rows();
    const auto first_column = static_cast<std::size_t>(rows_.partition.begin(partner));
    const bool lower = comm_.rank() < partner;
    // The lower rank's rows are the outer loop on both sides, so that both handle the same pair of tiles at a time.
    const LocalIndex outer = lower ? own : theirs;
    const LocalIndex inner = lower ? theirs : own;
    for (LocalIndex a = 0; a < outer; a += tile) {
      for (LocalIndex b = 0; b < inner; b += tile) {
        const LocalIndex row_begin = lower ? a : b;
        const LocalIndex column_begin = lower ? b : a;
        add_tile(partner, row_begin, std::min(tile, own - row_begin),
                 first_column + static_cast<std::size_t>(column_begin), std::min(tile, theirs - column_begin));
      }
    }
  }

  /// Sends the tile of own rows and the partner's columns, and adds the transpose of what the partner sends.
  void add_tile(Rank partner, LocalIndex row_begin, LocalIndex row_count, std::size_t column_begin,
                LocalIndex column_count) {
    const auto height = static_cast<std::size_t>(row_count);
    const auto width = static_cast<std::size_t>(column_count);
    send_.resize(height * width);
    receive_.resize(height * width);
    for (std::size_t i = 0; i < height; ++i) {
      const Real* const row = rows_.row(row_begin + static_cast<LocalIndex>(i)) + column_begin;
      std::copy(row, row + width, send_.data() + i * width);
    }
    comm_.exchange(partner, std::span<const Real>(send_), std::span<Real>(receive_));
    parallel_for(row_count, [&](std::int64_t i) {
      Real* const row = rows_.row(row_begin + static_cast<LocalIndex>(i)) + column_begin;
      for (std::size_t j = 0; j < width; ++j) {
        row[j] = (row[j] + receive_[j * height + static_cast<std::size_t>(i)]) * scale_;
      }
    });
  }

  const Communicator& comm_;
  DenseRows<Real>& rows_;
  Real scale_;
  AlignedVector<Real> send_;
  AlignedVector<Real> receive_;
};

}  // namespace

template <class Real>
void symmetrize(const Communicator& comm, DenseRows<Real>& rows) {
  Symmetrizer<Real>(comm, rows).run();
}

template void symmetrize(const Communicator&, DenseRows<float>&);
template void symmetrize(const Communicator&, DenseRows<double>&);

}  // namespace distsne
