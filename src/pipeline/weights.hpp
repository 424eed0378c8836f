/// The weights of the rows of a run.
#pragma once

#include <optional>
#include <string>

#include "distsne/mpi/communicator.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// Collective. The weights that config.weights names of the rows of `input`, which config.input says how to read; empty
/// where all are 1. Throws Error everywhere (bad input) where it has none by that name, or one is not a finite number
/// above 0, with the row.
[[nodiscard]] std::optional<PlannedWeights> read_weights(const Communicator& comm, const Config& config,
                                                         const InputDescription& input);

/// Collective. The same of the rows of a map: `config` are the options of its run, but that its input says where the
/// rows are now. Errors name the map and `option`, by which the user can name another file.
[[nodiscard]] std::optional<PlannedWeights> read_weights_again(const Communicator& comm, const Config& config,
                                                               const InputDescription& input, const std::string& map,
                                                               const char* option);

/// Collective. Reads the weights that config.weights names into the plan, whose input and graph are known. Throws Error
/// everywhere (bad input) where other options have no weights, or the weights are not finite numbers above 0, with the
/// row.
void choose_weights(const Communicator& comm, const Config& config, Plan& plan);

}  // namespace distsne
