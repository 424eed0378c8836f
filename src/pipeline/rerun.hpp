/// What a map's run began with, found anew from its data and options.
#pragma once

#include "data/repartition.hpp"
#include "distsne/data/matrix.hpp"
#include "io/map_file.hpp"
#include "neighbors/neighbors.hpp"
#include "pipeline/config.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// The options and the plan of a run, with neighbors that are looked for anew, and weights that are read again.
struct Rerun {
  Config config;
  Plan plan;
  AffinityOptions affinity;  ///< with perplexities that fit the rows

  /// Collective. `of_run` are the options of the run, of which `input` says where the rows are now (rows_of_map).
  /// Throws Error everywhere (bad input) as make_plan does.
  Rerun(const Communicator& comm, const Config& of_run);

  /// Collective. The rows that are compared. Throws Error everywhere, and Stopped, as the stages do.
  template <class Real>
  [[nodiscard]] DistributedMatrix<Real> rows(const Communicator& comm) const;

  /// How k neighbors are looked for, exactly where that is quick.
  [[nodiscard]] NeighborOptions search(LocalIndex k) const;
};

/// Collective. Rows in the order of the input, such as those of a map, in the working order of a graph.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> in_graph_order(const Communicator& comm, const DistributedMatrix<Real>& rows,
                                                     const NeighborGraph& graph) {
  return in_order(comm, rows, graph.input_row);
}

}  // namespace distsne
