/// Squared distances between rows, by SIMD.
#pragma once

#include <span>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// A block of rows, laid out so that SIMD lanes run over its rows. The distance of two rows is summed over the columns
/// in their order, so it is the same bits in any block, and from either side; equal rows have distance 0 exactly.
template <class Real>
class DistanceBlock {
 public:
  /// `rows` holds count x columns values, row-major.
  DistanceBlock(std::span<const Real> rows, LocalIndex columns);

  [[nodiscard]] std::size_t count() const { return count_; }
  /// out[q][j] = |query_q - row_j|^2 for 1 to 4 queries and all count() rows.
  void squared_distances(std::span<const Real* const> queries, std::span<Real* const> out) const;

  /// Rows that share a panel.
  static constexpr std::size_t panel_rows = 64;
  /// The most queries of one call.
  static constexpr std::size_t most_queries = 4;

 private:
  std::size_t count_;
  std::size_t columns_;
  AlignedVector<Real> panels_;  // panel, column, row within the panel
};

extern template class DistanceBlock<float>;
extern template class DistanceBlock<double>;

}  // namespace distsne
