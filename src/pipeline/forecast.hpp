/// The prediction of a run in words, and what follows from it.
#pragma once

#include "distsne/pipeline/progress.hpp"
#include "pipeline/prediction.hpp"

namespace distsne {

/// Collective. The prediction for the ranks and threads that the program was started with. Rates are measured when the
/// run is to take long enough for that not to matter, or `always`.
[[nodiscard]] Prediction predict_run(const Communicator& comm, Job job, const Config& config, const Plan& plan,
                                     bool always);

/// Collective. Throws Error everywhere (bad input) when the ranks of a host are to take more memory than they may.
void require_memory(const Communicator& comm, const Config& config, const Prediction& prediction);

/// Prints the table of the stages.
void print_prediction(const Config& config, GlobalIndex rows, const Prediction& prediction);

}  // namespace distsne
