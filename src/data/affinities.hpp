/// Affinities between rows of X: conditional p_j|i and joint p_ij are different types, so that none is taken for the
/// other.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "data/row_weights.hpp"
#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// All N columns of the rows that this rank owns; rows are padded with zeros to whole cache lines.
template <class Real>
struct DenseRows {
  RowPartition partition;
  Rank rank = 0;
  std::size_t stride = 0;  ///< elements from one row to the next
  AlignedVector<Real> values;

  DenseRows() = default;
  DenseRows(RowPartition partition_in, Rank rank_in)
      : partition(std::move(partition_in)),
        rank(rank_in),
        stride(round_up(static_cast<std::size_t>(partition.rows()), alignment / sizeof(Real))),
        values(checked_product(partition.size(rank_in), static_cast<std::int64_t>(stride))) {}

  [[nodiscard]] LocalIndex local_rows() const { return partition.size(rank); }
  [[nodiscard]] GlobalIndex first_row() const { return partition.begin(rank); }
  [[nodiscard]] Real* row(LocalIndex local) { return values.data() + static_cast<std::size_t>(local) * stride; }
  [[nodiscard]] const Real* row(LocalIndex local) const {
    return values.data() + static_cast<std::size_t>(local) * stride;
  }
};

/// Entries of sparse rows that may be read beyond the last one.
inline constexpr std::size_t entry_padding = 16;

/// Columns or values of so many entries, unset, that grow by the padding without moving.
template <class T>
[[nodiscard]] UnsetVector<T> unset_entries(std::size_t entries) {
  UnsetVector<T> result;
  result.reserve(entries + entry_padding);
  result.resize(entries);
  return result;
}

/// The entries of the rows that this rank owns that are not zero: in rising columns within each row, until rows are
/// reordered along the map, which renames the columns and keeps the order of the entries.
template <class Real>
struct SparseRows {
  RowPartition partition;
  Rank rank = 0;
  std::vector<std::int64_t> begin{0};  ///< n + 1: first entry of each row
  UnsetVector<CompactIndex> columns;   ///< global rows
  UnsetVector<Real> values;

  [[nodiscard]] LocalIndex local_rows() const { return partition.size(rank); }
  [[nodiscard]] GlobalIndex first_row() const { return partition.begin(rank); }
};

/// Where affinities are kept.
template <class Real>
using AffinityRows = std::variant<DenseRows<Real>, SparseRows<Real>>;

/// p_j|i for the rows i of this rank; each row sums to 1 and has p_i|i = 0. Where rows have weights, p_i|i is beside
/// the row, and sum_p_log_p is that of the expanded set (row_weights.hpp).
template <class Real>
struct ConditionalAffinities {
  AffinityRows<Real> rows;
  double sum_p_log_p = 0.0;                 ///< over all ranks: sum_i sum_j p_j|i log p_j|i
  GlobalIndex perplexity_missed = 0;        ///< over all ranks: rows whose perplexity cannot be met (many equal points)
  GlobalIndex perplexity_missed_apart = 0;  ///< those of them whose nearest points are not at distance 0
  GlobalIndex few_neighbors = 0;            ///< over all ranks: rows with no more neighbors than the perplexity
  RowWeights<Real> weights;                 ///< of the rows of this rank
  std::vector<double> own;                  ///< p_i|i of each of them, where there are weights
};

/// p_ij = (p_j|i + p_i|j) / 2N for the rows i of this rank; symmetric, sums to 1 over all ranks. Where rows have
/// weights it is that of row_weights.hpp, and sums to 1 with the p_ii, which only sum_p_log_p knows of.
template <class Real>
struct JointAffinities {
  AffinityRows<Real> rows;
  double sum_p_log_p = 0.0;  ///< over all ranks: sum_ij p_ij log p_ij, that of the points one by one
};

}  // namespace distsne
