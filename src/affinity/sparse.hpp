/// Conditional affinities over the nearest neighbors only.
#pragma once

#include "data/affinities.hpp"
#include "distsne/affinity/options.hpp"
#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. p_j|i over the neighbors j of row i, in the working order of the graph; rows as dense_affinities
/// (dense.hpp) would make them, were all other points infinitely far. Takes the graph's memory.
/// `weights` are those of the rows, in the working order: each of the k neighbors then stands for as many points as it
/// weighs, and the row's own duplicates are neighbors as well (row_weights.hpp). A perplexity that all of these
/// together do not reach leaves their shares as their weights are, and counts among few_neighbors. Throws as
/// dense_affinities does.
template <class Real>
ConditionalAffinities<Real> sparse_affinities(const Communicator& comm, NeighborGraph&& graph,
                                              const AffinityOptions& options, RowWeights<Real>&& weights = {});

extern template ConditionalAffinities<float> sparse_affinities(const Communicator&, NeighborGraph&&,
                                                               const AffinityOptions&, RowWeights<float>&&);
extern template ConditionalAffinities<double> sparse_affinities(const Communicator&, NeighborGraph&&,
                                                                const AffinityOptions&, RowWeights<double>&&);

}  // namespace distsne
