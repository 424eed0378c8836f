/// Which lists a query probes.
#pragma once

#include "neighbors/visits.hpp"

namespace distsne {

/// Chooses the visits of one group after its own list was scanned.
class ProbeChooser {
 public:
  /// Each query probes at most `probes` lists, those with the nearest centroids, its own included; more only where
  /// those have fewer rows than it wants neighbors.
  ProbeChooser(const InvertedLists& lists, LocalIndex probes, float error);

  /// Sets the visits of a group. Lists whose Voronoi cells lie farther from a query than its reach are left out: every
  /// row x of a list L is nearer to the centroid of L than to that of the query's list o, so |q - x| is at least
  /// (|q - c_L|^2 - |q - c_o|^2) / (2 |c_L - c_o|), the distance from q to the plane between the two.
  void choose(QueryGroup& group) const;

 private:
  [[nodiscard]] std::vector<LocalIndex> candidates_of(const QueryGroup& group, LocalIndex sorted) const;

  const InvertedLists& lists_;
  PackedRows centroids_;
  LocalIndex probes_;
  double error_;
};

/// Lists by the distance of their centroids from a row, the nearest first; equally near ones by their number. Those
/// after the first `sorted` ones are in no order.
[[nodiscard]] std::vector<LocalIndex> lists_by_distance(const InvertedLists& lists, const PackedRows& centroids,
                                                        const float* row, LocalIndex sorted);

/// The centroids of the lists as one block.
[[nodiscard]] PackedRows packed_centroids(const InvertedLists& lists);

}  // namespace distsne
