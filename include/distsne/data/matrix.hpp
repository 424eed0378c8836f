/// A matrix whose rows are spread over the ranks.
#pragma once

#include <span>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// N x D values; this rank holds the rows [first_row(), first_row() + local_rows()), row-major without padding.
template <class Real>
struct DistributedMatrix {
  RowPartition partition;
  Rank rank = 0;
  LocalIndex columns = 0;
  AlignedVector<Real> values;

  DistributedMatrix() = default;
  DistributedMatrix(RowPartition partition_in, Rank rank_in, LocalIndex columns_in)
      : partition(std::move(partition_in)),
        rank(rank_in),
        columns(columns_in),
        values(checked_product(partition.size(rank_in), columns_in)) {}

  [[nodiscard]] GlobalIndex rows() const { return partition.rows(); }
  [[nodiscard]] GlobalIndex first_row() const { return partition.begin(rank); }
  [[nodiscard]] LocalIndex local_rows() const { return partition.size(rank); }
  [[nodiscard]] std::span<Real> row(LocalIndex local) {
    return std::span<Real>(values).subspan(offset(local), static_cast<std::size_t>(columns));
  }
  [[nodiscard]] std::span<const Real> row(LocalIndex local) const {
    return std::span<const Real>(values).subspan(offset(local), static_cast<std::size_t>(columns));
  }

 private:
  [[nodiscard]] std::size_t offset(LocalIndex local) const {
    return static_cast<std::size_t>(local) * static_cast<std::size_t>(columns);
  }
};

/// The map: N points y_i in M = columns dimensions, in map units.
template <class Real>
using Embedding = DistributedMatrix<Real>;

}  // namespace distsne
