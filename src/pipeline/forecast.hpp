/// The prediction of a run in words, and what follows from it.
#pragma once

#include "pipeline/prediction.hpp"
#include "pipeline/progress.hpp"

namespace distsne {

/// Collective. The prediction for the ranks and threads that the program was started with. Rates are measured when the
/// run is to take long enough for that not to matter, or `always`.
[[nodiscard]] Prediction predict_run(const Communicator& comm, Job job, const Config& config, const Plan& plan,
                                     bool always);

/// Collective. Throws Error everywhere (bad input) when the ranks of a host are to take more memory than they may.
void require_memory(const Communicator& comm, const Config& config, const Prediction& prediction);

/// Prints the table of the stages.
void print_prediction(const Config& config, GlobalIndex rows, const Prediction& prediction);

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
