/// How many threads a rank may use without crowding the other ranks of its node.
#pragma once

#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. The cores that the ranks of this node may run on. At least 1.
[[nodiscard]] int cores_of_node(const Communicator& comm);

/// Collective. The cores that the ranks of this node may run on, shared out evenly, and never more than this rank's
/// own binding allows. At least 1. OMP_NUM_THREADS, where it is set, wins.
[[nodiscard]] int fitting_threads(const Communicator& comm);

/// Not collective. The name of the machine that this rank runs on.
[[nodiscard]] std::string host_name();

/// The MPI library that is loaded: "Open MPI v4.1.4".
[[nodiscard]] std::string mpi_library();

/// Collective. The names of the machines that the ranks run on, each once, in the order of their first ranks.
[[nodiscard]] std::vector<std::string> host_names(const Communicator& comm);

}  // namespace distsne
