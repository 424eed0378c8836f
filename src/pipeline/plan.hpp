/// What is settled about a run before any number is read.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "distsne/pipeline/config.hpp"

namespace distsne {

struct Plan {
  InputDescription input;
  InputDescription initial_map;  ///< of --init FILE
  int threads = 1;               ///< of this rank
  LocalIndex components = 0;     ///< principal components that rows are reduced to; 0: rows are taken as they are
  bool dense = false;            ///< all pairs of rows have an affinity
  LocalIndex neighbors = 0;      ///< of each row, where not dense
};

/// Collective. Checks everything that can be found wrong without computing; throws Error (bad input) everywhere.
[[nodiscard]] Plan make_plan(const Communicator& comm, const Config& config);

/// "sne", "ssne" or "tsne".
[[nodiscard]] const char* name_of(Method method);

}  // namespace distsne
