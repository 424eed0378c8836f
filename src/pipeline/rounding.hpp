/// What float loses of the distances between rows.
#pragma once

#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Of each row of this rank the largest magnitude among its values; 0 where all are integers of no great size,
/// so that their differences are exact, too.
[[nodiscard]] std::vector<float> rounded_magnitudes(const DistributedMatrix<float>& x);

/// Collective. How many rows have neighbors, not counting equal rows, that are all so near, for the magnitudes of the
/// row, that fewer than two digits of the distances are left: a value is rounded by up to 2^-24 of itself.
[[nodiscard]] GlobalIndex rows_with_rounded_distances(const Communicator& comm, const RowPartition& partition,
                                                      const std::vector<float>& magnitudes, const NeighborGraph& graph);

}  // namespace distsne
