/// A synthetic map and its graph: as a late map is, but of any size, and made by each rank without the others.
#pragma once

#include "data/affinities.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne::bench {

/// Points of even density over a square, in rows along a Hilbert curve, which is the order that the loop keeps.
struct Patch {
  GlobalIndex rows = 0;
  double width = 100.0;     ///< of the square, in map units
  LocalIndex edges = 22;    ///< of each row
  double far_share = 0.03;  ///< of the edges: these lead to any row, the others to rows near by
};

/// Not collective. The rows of this rank.
[[nodiscard]] Embedding<float> patch_map(const Communicator& comm, const Patch& patch);

/// Not collective. Equal affinities between each row of this rank and others that lie about as near as the nearest.
[[nodiscard]] SparseRows<float> patch_affinities(const Communicator& comm, const Patch& patch);

}  // namespace distsne::bench
