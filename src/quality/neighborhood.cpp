/// Shared neighbors, and penalties by rank.
#include "quality/neighborhood.hpp"

#include <algorithm>
#include <limits>

namespace distsne {
namespace {

/// 1 less the penalty of the rows that lie beyond the k nearest.
double without_intruders(std::span<const double> ranks, LocalIndex k, GlobalIndex rows) {
  double excess = 0.0;
  for (const double rank : ranks.first(static_cast<std::size_t>(k))) {
    excess += std::max(0.0, rank - k);
  }
  return 1.0 - 2.0 * excess / (static_cast<double>(k) * static_cast<double>(2 * rows - 3 * GlobalIndex{k} - 1));
}

}  // namespace

NeighborhoodScores neighborhood_scores(const RowComparison& in_data, const RowComparison& in_map, LocalIndex k,
                                       GlobalIndex rows) {
  const std::size_t count = in_data.nearest.size() / static_cast<std::size_t>(in_data.k);
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  NeighborhoodScores scores{std::vector<double>(count, none), std::vector<double>(count, none),
                            std::vector<double>(count, none)};
  if (2 * GlobalIndex{k} >= rows) {
    return scores;
  }
  const auto width = static_cast<std::size_t>(k);
  std::vector<CompactIndex> near_in_data;
  for (std::size_t q = 0; q < count; ++q) {
    const auto data = in_data.nearest_of(q).first(width);
    near_in_data.assign(data.begin(), data.end());
    std::sort(near_in_data.begin(), near_in_data.end());
    const auto map = in_map.nearest_of(q).first(width);
    const auto shared = std::count_if(map.begin(), map.end(), [&](CompactIndex row) {
      return std::binary_search(near_in_data.begin(), near_in_data.end(), row);
    });
    scores.preservation[q] = static_cast<double>(shared) / k;
    scores.trustworthiness[q] = without_intruders(in_data.ranks_of(q), k, rows);
    scores.continuity[q] = without_intruders(in_map.ranks_of(q), k, rows);
  }
  return scores;
}

}  // namespace distsne
