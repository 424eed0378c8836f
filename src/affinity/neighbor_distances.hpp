/// The distances of rows to those that are their neighbors or that they are neighbors of.
#pragma once

#include "data/affinities.hpp"
#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. For each row of the graph its distances to its neighbors and to the rows whose neighbor it is, in the
/// unit of the graph: the pairs that have an affinity. Throws Stopped.
[[nodiscard]] SparseRows<float> both_directions(const Communicator& comm, const NeighborGraph& graph);

}  // namespace distsne
