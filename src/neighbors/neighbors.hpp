/// The k nearest neighbors of every row, exactly or with a recall that is asked for and measured.
#pragma once

#include <cstdint>

#include "distsne/data/matrix.hpp"
#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

enum class NeighborSearch { automatic, exact, approximate };

struct NeighborOptions {
  /// `automatic` searches exactly where that is quick, and approximately beyond.
  NeighborSearch search = NeighborSearch::automatic;
  /// Neighbors of each row, from 1 to N - 1.
  LocalIndex k = 90;
  /// Share of the true k nearest neighbors that an approximate search should find. More costs more distances.
  double recall = 0.95;
  std::uint64_t seed = 42;
};

struct NeighborReport {
  bool exact = true;
  double recall = 1.0;      ///< of an approximate search: measured on rows that its effort was not fitted to
  GlobalIndex sampled = 0;  ///< rows that the recall was measured on
  LocalIndex lists = 1;     ///< inverted lists
  LocalIndex probes = 1;    ///< lists that each row was compared with at the most
  double distances = 0.0;   ///< distances per row that were computed, on average
};

struct FoundNeighbors {
  NeighborGraph graph;
  NeighborReport report;
};

/// Collective. Euclidean neighbors by inverted lists (Jegou, Douze and Schmid 2011, section 4, without their
/// compression): rows are redistributed so that each rank owns whole runs of lists; every row is compared with the rows
/// of its own list and of the lists whose centroids are nearest, on the ranks that own them. A list is skipped when no
/// row of its Voronoi cell can be near enough; with all lists probed this makes the search exact. The number of probes
/// of an approximate search is fitted to the recall on sampled rows whose true neighbors are found first.
///
/// Equally near rows are taken in the order in which they follow the row itself in the working order.
/// The result is the same bits for any number of ranks and threads. Takes X away: its memory is given back early.
/// Throws Error everywhere when k does not fit the number of rows.
[[nodiscard]] FoundNeighbors find_neighbors(const Communicator& comm, DistributedMatrix<float>&& x,
                                            const NeighborOptions& options);

}  // namespace distsne
