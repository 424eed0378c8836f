/// What searches of a set in itself and in another have in common.
#pragma once

#include <span>
#include <vector>

#include "neighbors/neighbors.hpp"
#include "neighbors/visits.hpp"

namespace distsne {

inline constexpr GlobalIndex rows_per_round = 16384;  // of each rank; bounds the memory of what travels
inline constexpr GlobalIndex sample_rows = 512;
inline constexpr std::uint32_t sample_to_fit = 2;

/// x -> (x * scale - mean): the rows that it was made from then lie within [-1, 1], and no square overflows.
struct Normalization {
  double unit = 1.0;  // factor that distances have to be multiplied by
  float scale = 1.0F;
  std::vector<float> mean;  // of the scaled columns

  void apply(std::span<float> row) const {
    for (std::size_t k = 0; k < mean.size(); ++k) {
      row[k] = row[k] * scale - mean[k];
    }
  }
};

/// Collective. Centers the columns and scales by a power of two.
Normalization normalize(const Communicator& comm, DistributedMatrix<float>& x);

/// Lists that so many rows are sorted into.
[[nodiscard]] LocalIndex lists_for(GlobalIndex rows);

/// Whether an exact search is asked for, or `automatic` and quick.
[[nodiscard]] bool searches_exactly(const NeighborOptions& options, GlobalIndex queries, GlobalIndex rows,
                                    LocalIndex columns);

/// A little more than what is asked for, since the sample that the effort is fitted to is one of many.
[[nodiscard]] double recall_to_aim_at(const NeighborOptions& options);

/// Collective. The largest |x|^2 of all rows.
[[nodiscard]] double largest_norm(const Communicator& comm, const DistributedMatrix<float>& rows);

/// Bound of the error of |q|^2 - 2 q.x + |x|^2 in float for all rows with squares up to `largest`.
[[nodiscard]] float expanded_error(const InvertedLists& lists, double largest);

/// Writes the rows that query q of a group has kept, nearest first by the differences. All its visits were made.
void write_nearest(const InvertedLists& lists, double unit, QueryGroup& group, std::size_t q,
                   std::span<CompactIndex> neighbors, std::span<float> distances);

}  // namespace distsne
