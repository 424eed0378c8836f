/// From p_j|i to p_ij, in place of dense rows or as new sparse ones.
#pragma once

#include "data/affinities.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Replaces p_j|i by (p_j|i + p_i|j) / 2N.
template <class Real>
void symmetrize(const Communicator& comm, DenseRows<Real>& rows);

/// Collective. The same; rows gain the entries that only the other direction has. Memory is that of the entries before
/// and of those that arrive from other rows, which the result takes the place of row by row. Throws Stopped.
template <class Real>
void symmetrize(const Communicator& comm, SparseRows<Real>& rows);

}  // namespace distsne
