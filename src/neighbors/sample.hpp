/// Sampled rows and their true neighbors, by which the effort of a search is fitted and its recall measured.
#pragma once

#include <vector>

#include "neighbors/visits.hpp"

namespace distsne {

/// Some of the rows of this rank with the k nearest of all rows.
struct TrueNeighbors {
  std::vector<LocalIndex> row;                     // local working rows
  std::vector<std::vector<CompactIndex>> nearest;  // working rows, unordered
  std::vector<float> reach;                        // expanded or exact squared distance of the farthest
};

/// Collective. About `count` rows chosen by counter-based random numbers of their input rows; `draw` makes samples that
/// have nothing to do with each other. Every sampled row is compared with all rows, which each rank does for its own.
[[nodiscard]] TrueNeighbors sample_true_neighbors(const Communicator& comm, const InvertedLists& lists,
                                                  const SearchMode& mode, LocalIndex k, GlobalIndex count,
                                                  std::uint64_t seed, std::uint32_t draw);

/// Collective. The least number of probes that reaches the recall on the sample.
[[nodiscard]] LocalIndex probes_for_recall(const Communicator& comm, const InvertedLists& lists,
                                           const TrueNeighbors& sample, double recall);

}  // namespace distsne
