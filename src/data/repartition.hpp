/// The same rows in other blocks.
#pragma once

#include <numeric>
#include <utility>
#include <vector>

#include "distsne/data/matrix.hpp"
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

}  // namespace distsne
