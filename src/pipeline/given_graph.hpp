/// Neighbor graphs that a caller gives.
#pragma once

#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Throws Error everywhere (bad input) unless it is a graph of so many rows: of the same partition on all
/// ranks, with every row of the input once, and of each row 1 or more others, each once, at finite distances.
void require_graph(const Communicator& comm, const NeighborGraph& graph, GlobalIndex rows);

/// Collective. The k nearest neighbors of a graph as above, in even blocks. Throws Error everywhere (bad input) where
/// it has fewer.
[[nodiscard]] NeighborGraph evenly(const Communicator& comm, NeighborGraph&& graph, LocalIndex k);

}  // namespace distsne
