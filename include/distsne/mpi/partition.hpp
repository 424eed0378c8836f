/// Which rank owns which rows.
#pragma once

#include <algorithm>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// Contiguous blocks of N rows over P ranks, in rank order. Blocks may be uneven or empty.
class RowPartition {
 public:
  RowPartition() = default;
  /// Even blocks: the first N mod P ranks hold one row more.
  RowPartition(GlobalIndex rows, Rank ranks) {
    for (Rank r = 1; r <= ranks; ++r) {
      begins_.push_back(rows / ranks * r + std::min<GlobalIndex>(rows % ranks, r));
    }
  }
  /// Blocks of the given sizes.
  explicit RowPartition(const std::vector<GlobalIndex>& sizes) {
    for (const GlobalIndex size : sizes) {
      begins_.push_back(begins_.back() + size);
    }
  }

  /// Even blocks of which the longer ones are spread: where there are fewer rows than ranks, the ranks that have one
  /// lie evenly among the others, and so on as many nodes as there are. Rank 0 has the first row.
  static RowPartition spread(GlobalIndex rows, Rank ranks) {
    RowPartition partition;
    for (Rank r = 1; r <= ranks; ++r) {
      partition.begins_.push_back((rows * r + ranks - 1) / ranks);
    }
    return partition;
  }

  [[nodiscard]] GlobalIndex rows() const { return begins_.back(); }
  [[nodiscard]] Rank ranks() const { return static_cast<Rank>(begins_.size()) - 1; }
  /// First row of a rank's block.
  [[nodiscard]] GlobalIndex begin(Rank rank) const { return begins_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] GlobalIndex end(Rank rank) const { return begins_[static_cast<std::size_t>(rank) + 1]; }
  /// Number of rows of a rank's block; throws Error past 2^31 - 1, the most that one rank may hold.
  [[nodiscard]] LocalIndex size(Rank rank) const { return narrow<LocalIndex>(end(rank) - begin(rank)); }
  /// The rank that holds a row.
  [[nodiscard]] Rank owner(GlobalIndex row) const {
    // The last block that begins at or below the row: empty blocks begin where the next one does.
    return static_cast<Rank>(std::upper_bound(begins_.begin(), begins_.end() - 1, row) - begins_.begin()) - 1;
  }
  /// Sizes of all blocks, in rank order, each multiplied by `factor`.
  [[nodiscard]] std::vector<GlobalIndex> sizes(GlobalIndex factor = 1) const {
    std::vector<GlobalIndex> result;
    result.reserve(static_cast<std::size_t>(ranks()));
    for (Rank r = 0; r < ranks(); ++r) {
      result.push_back((end(r) - begin(r)) * factor);
    }
    return result;
  }
  friend bool operator==(const RowPartition&, const RowPartition&) = default;

 private:
  std::vector<GlobalIndex> begins_{0};
};

}  // namespace distsne
