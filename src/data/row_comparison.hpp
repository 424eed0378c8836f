/// Rows compared with all rows: the nearest ones of each, and the ranks of others.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// For some rows of this rank, q of them.
struct RowComparison {
  LocalIndex k = 0;                   ///< nearest rows of each
  LocalIndex named = 0;               ///< rows that were named for each
  std::vector<CompactIndex> nearest;  ///< q x k global rows, never the row itself, by rising distance
  std::vector<float> distances;       ///< q x k, in the unit of the rows
  std::vector<double>
      ranks;  ///< q x named: 1 for the nearest of all other rows; equally near ones share their mean rank

  [[nodiscard]] std::span<const CompactIndex> nearest_of(std::size_t query) const {
    return std::span(nearest).subspan(query * static_cast<std::size_t>(k), static_cast<std::size_t>(k));
  }
  [[nodiscard]] std::span<const double> ranks_of(std::size_t query) const {
    return std::span(ranks).subspan(query * static_cast<std::size_t>(named), static_cast<std::size_t>(named));
  }
};

}  // namespace distsne
