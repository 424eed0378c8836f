/// Moving sparse rows to other places and ranks.
#pragma once

#include <span>

#include "data/affinities.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {

/// Collective. Row i of this rank becomes row place[i] of even blocks over the ranks; `plan` delivers rows there.
/// Columns stay as they are, in their order within each row. Memory is that of the rows, and of their columns or values
/// once more.
template <class Real>
[[nodiscard]] SparseRows<Real> delivered(const Communicator& comm, SparseRows<Real>&& rows,
                                         std::span<const GlobalIndex> place, const RowExchange& plan);

}  // namespace distsne
