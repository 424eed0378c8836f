/// Where a map tears: scores of its rows by their leave-one-out maps.
#pragma once

#include <optional>
#include <vector>

#include "io/map_file.hpp"
#include "pipeline/config.hpp"
#include "pipeline/rerun.hpp"

namespace distsne {

/// Scores of Liu, Ma and Zhong 2025 ("Assessing and improving reliability of neighbor embedding methods: a
/// map-continuity perspective", Nature Communications 16), of the rows of this rank in the order of the input.
struct Reliability {
  /// How far the row's place goes, in map units, when the row itself moves by `length` and all other rows stay.
  std::vector<double> perturbation;
  /// 1 over the smallest eigenvalue of the Hessian of the cost by the row's place; negative where the map is not at a
  /// minimum.
  std::vector<double> singularity;
  double length = 0.0;            ///< of the move, in the unit of the rows as the run compared them
  double recall = 1.0;            ///< of the neighbors
  double high_singularity = 0.0;  ///< mean over the highest 20th of the rows
};

/// Collective. Throws Error everywhere (bad input) for a map whose cost has no such scores.
void require_reliability_defined(const Communicator& comm, const MapDescription& map,
                                 const std::optional<Config>& config);

/// Collective. Finds the neighbors of the map's run anew. Then each row, in both directions along each of the three
/// first principal axes, is moved by `length` (empty: the root mean square distance of rows to their neighbors along
/// these axes, weighted by their affinities), gets the affinities that it has there (see MovedRow), and is placed where
/// its loss in the frozen field of the map is least, as found from its own place and from those of the two rows that it
/// is nearest to by affinity; the score is the longest way from where it was. Neighbors of a moved row are looked for
/// among the rows that are neighbors of it, or it of them, where it was: all rows where the run took all pairs.
/// Where rows have weights, the scores are those of one of the points that a row stands for, as of a row repeated that
/// often, and the mean for the length is over all points; principal axes take each row once.
/// Hessians are of the exact sum up to 20,000 rows, and of the field's interpolant beyond. Work and memory O(N); the
/// same bits for any number of ranks and threads. Throws Error everywhere, and Stopped, as the stages do.
[[nodiscard]] Reliability reliability_of_map(const Communicator& comm, const Rerun& rerun, const MapDescription& map,
                                             std::optional<double> length);

}  // namespace distsne
