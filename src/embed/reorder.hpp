/// An order of the rows in which points near each other on the map lie near each other in memory, and mostly on one
/// rank.
#pragma once

#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. The new place of each row of this rank, over even blocks: along a Hilbert curve through the map (Hilbert
/// 1891; Skilling 2004 for any number of dimensions), points of one cell of the curve in the order that they have now.
/// A function of the map alone, whatever the partition.
template <class Real>
[[nodiscard]] std::vector<GlobalIndex> places_along_map(const Communicator& comm, const Embedding<Real>& map);

extern template std::vector<GlobalIndex> places_along_map(const Communicator&, const Embedding<float>&);
extern template std::vector<GlobalIndex> places_along_map(const Communicator&, const Embedding<double>&);

}  // namespace distsne
