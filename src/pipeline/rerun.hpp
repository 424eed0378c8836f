/// What a map's run began with, found anew from its data and options.
#pragma once

#include "distsne/data/matrix.hpp"
#include "io/map_file.hpp"
#include "mpi/row_exchange.hpp"
#include "neighbors/neighbors.hpp"
#include "pipeline/config.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// The options and the plan of a run, with the rows of `input` and neighbors that are looked for anew.
struct Rerun {
  Config config;
  InputDescription input;
  Plan plan;
  AffinityOptions affinity;  ///< with perplexities that fit the rows

  /// Collective. Throws Error everywhere (bad input) as make_plan does.
  Rerun(const Communicator& comm, const Config& of_run, const InputDescription& input_of_run);

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
  const RowExchange plan = RowExchange::fetch(comm, rows.partition, graph.input_row);
  DistributedMatrix<Real> result(graph.partition, comm.rank(), rows.columns);
  plan.move(comm, std::span<const Real>(rows.values), static_cast<std::size_t>(rows.columns),
            std::span<Real>(result.values));
  return result;
}

}  // namespace distsne
