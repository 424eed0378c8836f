/// The same rows in other blocks.
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {

/// Collective. Rows of a matrix in another partition.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> in_partition(const Communicator& comm, DistributedMatrix<Real>&& x,
                                                   const RowPartition& partition) {
  if (x.partition == partition) {
    return std::move(x);
  }
  DistributedMatrix<Real> result(partition, comm.rank(), x.columns);
  std::vector<GlobalIndex> wanted(static_cast<std::size_t>(result.local_rows()));
  std::iota(wanted.begin(), wanted.end(), result.first_row());
  RowExchange::fetch(comm, x.partition, wanted)
      .move(comm, std::span<const Real>(x.values), static_cast<std::size_t>(x.columns), std::span<Real>(result.values));
  x = {};
  return result;
}

/// Collective. Rows of a matrix in another order, of even blocks: this rank gets those that it names.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> in_order(const Communicator& comm, const DistributedMatrix<Real>& x,
                                               std::span<const GlobalIndex> rows) {
  DistributedMatrix<Real> result(RowPartition(x.rows(), comm.size()), comm.rank(), x.columns);
  RowExchange::fetch(comm, x.partition, rows)
      .move(comm, std::span<const Real>(x.values), static_cast<std::size_t>(x.columns), std::span<Real>(result.values));
  return result;
}

/// Collective. Sparse rows in another partition.
template <class Real>
[[nodiscard]] SparseMatrix<Real> in_partition(const Communicator& comm, SparseMatrix<Real>&& x,
                                              const RowPartition& partition) {
  if (x.partition == partition) {
    return std::move(x);
  }
  DistributedMatrix<std::int64_t> lengths(x.partition, x.rank, 1);
  std::adjacent_difference(x.begin.begin() + 1, x.begin.end(), lengths.values.begin());
  lengths = in_partition(comm, std::move(lengths), partition);
  // Blocks of rows stay in their order, so that a rank's entries go to each other rank in one piece.
  std::vector<std::int64_t> leaving;
  for (Rank to = 0; to < partition.ranks(); ++to) {
    const auto place = [&](GlobalIndex row) {
      const GlobalIndex end = x.first_row() + x.local_rows();
      return x.begin[static_cast<std::size_t>(std::clamp(row, x.first_row(), end) - x.first_row())];
    };
    leaving.push_back(place(partition.end(to)) - place(partition.begin(to)));
  }
  SparseMatrix<Real> result;
  result.partition = partition;
  result.rank = x.rank;
  result.columns = x.columns;
  result.begin.resize(lengths.values.size() + 1, 0);
  std::partial_sum(lengths.values.begin(), lengths.values.end(), result.begin.begin() + 1);
  std::vector<std::int64_t> arriving;
  const auto move = [&]<class T>(UnsetVector<T>& from, UnsetVector<T>& to) {
    const std::vector<T> moved = comm.all_to_all(std::span<const T>(from), leaving, arriving);
    from = {};
    to.assign(moved.begin(), moved.end());
  };
  move(x.column, result.column);
  move(x.values, result.values);
  return result;
}

}  // namespace distsne
