/// What is settled about a run before any number is read.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "io/graph.hpp"
#include "pipeline/config.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// The same of a run from file to file.
struct Plan : MapPlan {
  InputDescription input;              ///< without a path where only a graph is given
  InputDescription labels;             ///< beside which datasets about the rows lie: the input, or else the graph
  GraphDescription graph;              ///< of --graph
  InputDescription initial_map;        ///< of --init FILE
  std::uint64_t weights_checksum = 0;  ///< of the weights of all rows, whatever the ranks; 0: they have none
  std::string checkpoint;              ///< path of the checkpoint; empty: none
  std::optional<double> time_limit;    ///< seconds after the start of the program
  std::vector<std::string> notes;      ///< what a user should know before the run
};

/// Collective. Checks everything that can be found wrong with `distsne embed` without computing; throws Error (bad
/// input) everywhere. Without an output, as only `distsne plan` may be asked, the others are checked.
[[nodiscard]] Plan make_plan(const Communicator& comm, const Config& config, bool has_output = true);

/// Collective. The same for `distsne neighbors`.
[[nodiscard]] Plan make_graph_plan(const Communicator& comm, const Config& config);

}  // namespace distsne
