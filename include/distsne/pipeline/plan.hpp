/// What a run would take.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "distsne/pipeline/config.hpp"

namespace distsne {

/// The workplace that is asked about; 0: to be suggested, or as this host has it.
struct PlanRequest {
  int ranks = 0;
  int hosts = 0;
  int cores = 0;  ///< of a host
};

/// Collective. Checks what `embed` checks before it computes, measures this host for some hundredths of a second, and
/// prints memory, time and messages of the stages on rank 0. `config.threads` are those of each rank. Throws Error
/// everywhere: bad input as `embed` does, and when the memory does not suffice.
void show_plan(const Communicator& comm, const Config& config, const PlanRequest& request);

}  // namespace distsne
