/// The affinities of one row with its neighbors, wherever these were found.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "affinity/row.hpp"
#include "data/row_weights.hpp"
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
    const std::size_t k = neighbors.size();
    const double unit = take(distances, k);
    const PerplexityRow found = affinity_row(std::span<Real>(values_), k, k, options, unit * unit, scratch_);
    write(neighbors, columns, values);
    return found;
  }

  /// The same of a row and neighbors with weights (row_weights.hpp), which are in the order of the neighbors. The row's
  /// own duplicates are one more neighbor, at distance 0.
  template <class Distance>
  PerplexityRow fill(std::span<const CompactIndex> neighbors, std::span<const Distance> distances, Real own_weight,
                     std::span<const Real> weights, const AffinityOptions& options, CompactIndex* columns,
                     Real* values) {
    const std::size_t k = neighbors.size();
    const std::size_t points = k + (duplicates_of(own_weight) > Real{0} ? 1 : 0);
    const double unit = take(distances, points);
    weights_.assign(values_.size(), Real{0});
    std::copy(weights.begin(), weights.end(), weights_.begin());
    weights_[k] = duplicates_of(own_weight);
    PerplexityRow found = affinity_row(std::span<Real>(values_), points, points, options, unit * unit, scratch_,
                                       std::span<const Real>(weights_));
    found.own = static_cast<double>(values_[k]);
    write(neighbors, columns, values);
    return found;
  }

 private:
  /// Squares of the distances, in units of the farthest: no square overflows, and the affinities don't depend on the
  /// unit, which is returned. Entries of `points` beyond them are at distance 0.
  template <class Distance>
  double take(std::span<const Distance> distances, std::size_t points) {
    constexpr std::size_t lanes = 16;  // rows are padded to whole vectors
    const auto unit = static_cast<double>(*std::max_element(distances.begin(), distances.end()));
    values_.assign(round_up(points + 1, lanes), Real{0});
    for (std::size_t n = 0; n < distances.size(); ++n) {
      const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
      values_[n] = static_cast<Real>(relative * relative);
    }
    return unit;
  }

  /// The affinities with the neighbors, with rising columns.
  void write(std::span<const CompactIndex> neighbors, CompactIndex* columns, Real* values) {
    order_.resize(neighbors.size());
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](auto a, auto b) { return neighbors[a] < neighbors[b]; });
    for (std::size_t n = 0; n < neighbors.size(); ++n) {
      columns[n] = neighbors[order_[n]];
      values[n] = values_[order_[n]];
    }
  }

  AlignedVector<Real> values_;
  AlignedVector<Real> weights_;
  AlignedVector<Real> scratch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace distsne
