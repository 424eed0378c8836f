/// What is in a file, in words.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "io/input.hpp"

namespace distsne {

/// Collective. Prints on rank 0 what kind of file it is, which matrix embed would take, and what the file tells about
/// its rows. Throws Error everywhere (bad input) as describe_input does.
void show_info(const Communicator& comm, const InputOptions& options);

}  // namespace distsne
