/// The affinities of one row with its neighbors, wherever these were found.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "affinity/row.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// The memory that a thread works in, from row to row.
template <class Real>
class NeighborRow {
 public:
  /// Finds p_j|i over neighbors at these distances and writes it with rising columns.
  template <class Distance>
  PerplexityRow fill(std::span<const CompactIndex> neighbors, std::span<const Distance> distances,
                     const AffinityOptions& options, CompactIndex* columns, Real* values) {
    constexpr std::size_t lanes = 16;  // rows are padded to whole vectors
    const std::size_t k = neighbors.size();
    // In units of the farthest: no square overflows, and the affinities don't depend on the unit.
    const auto unit = static_cast<double>(*std::max_element(distances.begin(), distances.end()));
    values_.assign(round_up(k + 1, lanes), Real{0});
    for (std::size_t n = 0; n < k; ++n) {
      const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
      values_[n] = static_cast<Real>(relative * relative);
    }
    const PerplexityRow found = affinity_row(std::span<Real>(values_), k, k, options, unit * unit, scratch_);
    order_.resize(k);
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](auto a, auto b) { return neighbors[a] < neighbors[b]; });
    for (std::size_t n = 0; n < k; ++n) {
      columns[n] = neighbors[order_[n]];
      values[n] = values_[order_[n]];
    }
    return found;
  }

 private:
  AlignedVector<Real> values_;
  AlignedVector<Real> scratch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace distsne
