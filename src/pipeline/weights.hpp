/// The weights of the rows of a run.
#pragma once

#include "distsne/mpi/communicator.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// Collective. Reads the weights that config.weights names into the plan, whose input and graph are known. Throws Error
/// everywhere (bad input) where other options have no weights, or the weights are not finite numbers above 0, with the
/// row.
void choose_weights(const Communicator& comm, const Config& config, Plan& plan);

}  // namespace distsne
