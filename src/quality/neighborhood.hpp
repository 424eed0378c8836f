/// How well a map keeps the neighborhoods of the rows.
#pragma once

#include <vector>

#include "data/row_comparison.hpp"

namespace distsne {

/// Of the compared rows, one by one. NaN where k is not below half the rows.
struct NeighborhoodScores {
  std::vector<double> preservation;     ///< share of the k nearest rows that are among the k nearest of the map
  std::vector<double> trustworthiness;  ///< falls with every row that is near in the map only
  std::vector<double> continuity;       ///< falls with every row that is near in the data only
};

/// Not collective. The mean of trustworthiness and continuity over all rows are those of Venna and Kaski 2001,
/// "Neighborhood preservation in nonlinear projection methods", eq. 1 and 2:
///   1 - 2 / (N k (2N - 3k - 1)) sum_i sum_j (r(i, j) - k) over the rows j that are among the k nearest in one of map
/// and data and not in the other, where their rank is r(i, j). `in_data` has the nearest rows by the data, and the
/// ranks there of `in_map.nearest`; `in_map` the other way round. Both have at least k of them; `rows` are all N.
[[nodiscard]] NeighborhoodScores neighborhood_scores(const RowComparison& in_data, const RowComparison& in_map,
                                                     LocalIndex k, GlobalIndex rows);

}  // namespace distsne
