/// Ranking lists by their centroids and leaving out those that cannot matter.
#include "neighbors/probes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace distsne {
namespace {

/// A group looks for its queries' lists among so many times the probes, those nearest to its own centroid.
constexpr LocalIndex candidates_per_probe = 8;
constexpr LocalIndex least_candidates = 64;

}  // namespace

PackedRows packed_centroids(const InvertedLists& lists) {
  const std::array<LocalIndex, 2> begins{0, lists.centroids.count};
  return {lists.centroids.values, lists.centroids.columns, begins};
}

std::vector<LocalIndex> lists_by_distance(const InvertedLists& lists, const PackedRows& centroids, const float* row,
                                          LocalIndex sorted) {
  std::vector<float> squared(static_cast<std::size_t>(lists.count()));
  distance_table(centroids.block(0), std::span<const float* const>(&row, 1), squared.data(), squared.size());
  std::vector<LocalIndex> order(squared.size());
  std::iota(order.begin(), order.end(), 0);
  const auto nearer = [&](LocalIndex a, LocalIndex b) {
    const float da = squared[static_cast<std::size_t>(a)];
    const float db = squared[static_cast<std::size_t>(b)];
    return da == db ? a < b : da < db;
  };
  const auto end = order.begin() + sorted;
  if (end < order.end()) {
    std::nth_element(order.begin(), end, order.end(), nearer);
  }
  std::sort(order.begin(), end, nearer);
  return order;
}

ProbeChooser::ProbeChooser(const InvertedLists& lists, LocalIndex probes, float error)
    : lists_(lists),
      centroids_(packed_centroids(lists)),
      probes_(std::min(probes, lists.count())),
      error_(static_cast<double>(error)) {}

/// Lists by their distance from the group's own list, which comes first, also where the parts of a long list have the
/// same centroid.
std::vector<LocalIndex> ProbeChooser::candidates_of(const QueryGroup& group, LocalIndex sorted) const {
  std::vector<LocalIndex> order = lists_by_distance(lists_, centroids_, lists_.centroids.row(group.list), sorted);
  const auto own = std::find(order.begin(), order.end(), group.list);
  std::rotate(order.begin(), own, own + 1);
  return order;
}

void ProbeChooser::choose(QueryGroup& group) const {
  group.visits.clear();
  if (group.nearest.empty()) {
    return;
  }
  const GlobalIndex needed = GlobalIndex{group.nearest[0].keep} + 1;  // the row itself is found, too
  if (probes_ <= 1 && lists_.length(group.list) >= needed) {
    return;
  }
  const auto columns = static_cast<std::size_t>(lists_.centroids.columns);
  const float* const own = lists_.centroids.row(group.list);
  const LocalIndex most = std::min(lists_.count(), std::max(least_candidates, candidates_per_probe * probes_));
  std::vector<LocalIndex> candidates = candidates_of(group, most);
  auto kept = candidates.begin() + most;
  GlobalIndex held = 0;
  std::for_each(candidates.begin(), kept, [&](LocalIndex list) { held += lists_.length(list); });
  if (held < needed) {
    candidates = candidates_of(group, lists_.count());
    for (kept = candidates.begin() + most; held < needed && kept != candidates.end(); ++kept) {
      held += lists_.length(*kept);
    }
  }
  candidates.erase(kept, candidates.end());
  std::vector<float> centroids;
  std::vector<double> apart;  // |c_L - c_o|
  for (const LocalIndex list : candidates) {
    centroids.insert(centroids.end(), lists_.centroids.row(list), lists_.centroids.row(list) + columns);
    apart.push_back(std::sqrt(static_cast<double>(squared_distance(lists_.centroids.row(list), own, columns))));
  }
  const std::array<LocalIndex, 2> begins{0, narrow<LocalIndex>(candidates.size())};
  const PackedRows packed(centroids, lists_.centroids.columns, begins);
  std::vector<const float*> queries;
  for (const NearestList& query : group.nearest) {
    queries.push_back(query.row);
  }
  const std::size_t stride = candidates.size();
  std::vector<float> table(queries.size() * stride);
  distance_table(packed.block(0), queries, table.data(), stride);

  group.visits.resize(stride);
  for (std::size_t c = 0; c < stride; ++c) {
    group.visits[c].list = candidates[c];
  }
  std::vector<std::uint32_t> order(stride);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (group.nearest[q].reach == 0.0F) {
      continue;  // its own list has enough rows that equal it
    }
    const float* const squared = table.data() + q * stride;
    std::iota(order.begin(), order.end(), 0U);
    const auto nearer = [squared](std::uint32_t a, std::uint32_t b) {
      return squared[a] == squared[b] ? a < b : squared[a] < squared[b];
    };
    auto used = static_cast<std::ptrdiff_t>(std::min(stride, static_cast<std::size_t>(probes_)));
    if (1 < used && used < static_cast<std::ptrdiff_t>(stride)) {
      std::nth_element(order.begin() + 1, order.begin() + used - 1, order.end(), nearer);
    }
    GlobalIndex rows_of_used = 0;
    std::for_each(order.begin(), order.begin() + used,
                  [&](std::uint32_t c) { rows_of_used += lists_.length(candidates[c]); });
    if (rows_of_used < needed) {  // short lists, as rows far from all others have them: more of them
      std::sort(order.begin() + used, order.end(), nearer);
      for (; rows_of_used < needed && used < static_cast<std::ptrdiff_t>(stride); ++used) {
        rows_of_used += lists_.length(candidates[order[static_cast<std::size_t>(used)]]);
      }
    }
    // Both distances carry an error, and so does the reach: what is left out is farther by more than that.
    const double reach = std::sqrt(static_cast<double>(group.nearest[q].reach) + error_) * 1.001;
    for (std::ptrdiff_t p = 1; p < used; ++p) {
      const std::uint32_t c = order[static_cast<std::size_t>(p)];
      const double beyond = static_cast<double>(squared[c]) - static_cast<double>(squared[0]) - 2.0 * error_;
      if (beyond <= 2.0 * apart[c] * reach) {
        group.visits[c].queries.push_back(static_cast<std::uint16_t>(q));
      }
    }
  }
  std::erase_if(group.visits, [](const QueryGroup::Visit& visit) { return visit.queries.empty(); });
}

}  // namespace distsne
