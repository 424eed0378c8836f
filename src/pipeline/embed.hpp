/// The main job: from an input file to a result file.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Collective. Reads, computes and writes as `config` says, and tells about it on standard error of rank 0.
/// Throws Error; bad input is found before anything is computed, and no output is left behind then. At a signal that is
/// watched for (mpi/interruption.hpp), or when the time is up, the error says how to go on.
void embed(const Communicator& comm, const Config& config);

}  // namespace distsne
