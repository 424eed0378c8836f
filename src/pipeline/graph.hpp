/// The job that makes a neighbor graph for many maps.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Collective. Reads, reduces, finds neighbors and writes them as `config` says: as many as its affinities need. Throws
/// Error; bad input is found before anything is computed, and no output is left behind then.
void make_graph(const Communicator& comm, const Config& config);

}  // namespace distsne
