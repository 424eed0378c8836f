/// What is settled about a run before any number is read.
#pragma once

#include "distsne/io/graph.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/pipeline/config.hpp"

namespace distsne {

struct Plan {
  GlobalIndex rows = 0;
  InputDescription input;            ///< without a path where only a graph is given
  InputDescription labels;           ///< beside which datasets about the rows lie: the input, or else the graph
  GraphDescription graph;            ///< of --graph
  InputDescription initial_map;      ///< of --init FILE
  bool needs_rows = true;            ///< X is read
  std::string checkpoint;            ///< path of the checkpoint; empty: none
  std::optional<double> time_limit;  ///< seconds after the start of the program
  int threads = 1;                   ///< of this rank
  LocalIndex components = 0;         ///< principal components that rows are reduced to; 0: rows are taken as they are
  bool dense = false;                ///< all pairs of rows have an affinity
  LocalIndex neighbors = 0;          ///< of each row, where not dense
  std::vector<std::string> notes;    ///< what a user should know before the run
};

/// Collective. Checks everything that can be found wrong with `distsne embed` without computing; throws Error (bad
/// input) everywhere. Without an output, as only `distsne plan` may be asked, the others are checked.
[[nodiscard]] Plan make_plan(const Communicator& comm, const Config& config, bool has_output = true);

/// Collective. The same for `distsne neighbors`.
[[nodiscard]] Plan make_graph_plan(const Communicator& comm, const Config& config);

/// Cosines, correlations, logarithms and the like are of the rows as they are; Euclidean distances don't see where the
/// origin is.
[[nodiscard]] inline Origin origin_for(Metric metric, const PreprocessOptions& preprocess = {}) {
  return metric == Metric::euclidean && !preprocess.of_single_values() ? Origin::of_the_rows : Origin::of_the_file;
}

}  // namespace distsne
