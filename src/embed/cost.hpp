/// What the initial map and the iterations take.
#pragma once

#include "base/cost.hpp"
#include "distsne/embed/objective_options.hpp"
#include "distsne/embed/schedule.hpp"

namespace distsne {

/// What is moved, and how.
struct MapSize {
  double rows = 0.0;
  double neighbors = 0.0;  ///< of each row; dense affinities have all
  double value_bytes = 4.0;
  bool dense = false;
  bool earlier = false;  ///< goes on from an earlier map
  ObjectiveOptions objective;
  ScheduleOptions schedule;
};

/// One iteration late in the run; the memory is that of the whole loop.
[[nodiscard]] StageCost iteration_cost(const MapSize& map, const Workplace& place);

/// All iterations: the map, and with it the grid, is small for a while; measuring and reordering take their part, and
/// waiting for the slowest rank.
[[nodiscard]] StageCost iterations_cost(const MapSize& map, const StageCost& late, const Workplace& place);

/// The leading eigenvectors of the affinities, from some 140 products with them.
[[nodiscard]] StageCost spectral_cost(const MapSize& map, const Workplace& place);

}  // namespace distsne
