/// The k nearest neighbors of every row.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// N rows with k neighbors each, in an order of its own, the working order, in which near rows lie near each other and
/// so mostly on one rank. This rank holds the working rows [partition.begin(rank), partition.end(rank)).
struct NeighborGraph {
  RowPartition partition;
  Rank rank = 0;
  LocalIndex k = 0;
  std::vector<GlobalIndex> input_row;   ///< n: the row of the input that each working row of this rank is
  UnsetVector<CompactIndex> neighbors;  ///< n x k working rows, never the row itself, by rising distance
  UnsetVector<float> distances;         ///< n x k distances, in the unit of X

  [[nodiscard]] GlobalIndex rows() const { return partition.rows(); }
  [[nodiscard]] GlobalIndex first_row() const { return partition.begin(rank); }
  [[nodiscard]] LocalIndex local_rows() const { return partition.size(rank); }
  [[nodiscard]] std::span<const CompactIndex> neighbors_of(LocalIndex row) const {
    return std::span(neighbors).subspan(offset(row), static_cast<std::size_t>(k));
  }
  [[nodiscard]] std::span<const float> distances_of(LocalIndex row) const {
    return std::span(distances).subspan(offset(row), static_cast<std::size_t>(k));
  }

 private:
  [[nodiscard]] std::size_t offset(LocalIndex row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(k);
  }
};

}  // namespace distsne
