/// Conditional affinities p_j|i of all pairs of rows.
#pragma once

#include "data/affinities.hpp"
#include "distsne/affinity/options.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. p_j|i of the rows of this rank against all rows of X, whose blocks pass round the ranks; each rank holds
/// its own dense rows and three blocks of X at a time.
/// The affinities don't depend on the unit of X: it is scaled by a power of two, so that no square overflows.
/// Throws Error everywhere when the options don't fit the number of rows, and Stopped.
template <class Real>
ConditionalAffinities<Real> dense_affinities(const Communicator& comm, const DistributedMatrix<Real>& x,
                                             const AffinityOptions& options);

extern template ConditionalAffinities<float> dense_affinities(const Communicator&, const DistributedMatrix<float>&,
                                                              const AffinityOptions&);
extern template ConditionalAffinities<double> dense_affinities(const Communicator&, const DistributedMatrix<double>&,
                                                               const AffinityOptions&);

}  // namespace distsne
