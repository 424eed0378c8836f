/// What is known of conditional affinities once their rows are there.
#pragma once

#include <vector>

#include "affinity/perplexity.hpp"
#include "data/affinities.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Adds up what was found for the rows of this rank, which may have weights.
template <class Real>
ConditionalAffinities<Real> finished_conditional(const Communicator& comm, AffinityRows<Real>&& rows,
                                                 const std::vector<PerplexityRow>& found,
                                                 RowWeights<Real>&& weights = {});

}  // namespace distsne
