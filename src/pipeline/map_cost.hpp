/// The cost of a map, computed anew from its data.
#pragma once

#include "distsne/data/matrix.hpp"
#include "io/map_file.hpp"
#include "pipeline/rerun.hpp"

namespace distsne {

struct MapCost {
  double value = 0.0;        ///< in nats, by the affinities that the run's options ask for
  double margin = 0.0;       ///< by which it may be off; 0: exact
  double recall = 1.0;       ///< of the neighbors that the affinities are made of
  double force_error = 0.0;  ///< of the field that it was computed with; 0: the exact sum
};

/// Collective. Reads the rows, prepares them as the map's run did, and evaluates its cost at the map: exactly where all
/// pairs or all neighbors can be compared in reasonable time. Else the margin is made of two parts: what sampled rows
/// with their true neighbors would cost more or less, to 95 %, and the relative error of the forces, which is far more
/// than that of the normalization. Where the run's rows have weights, the cost is that of all the points that they
/// stand for (data/row_weights.hpp).
[[nodiscard]] MapCost cost_of_map(const Communicator& comm, const Rerun& rerun, const MapDescription& map);

}  // namespace distsne
