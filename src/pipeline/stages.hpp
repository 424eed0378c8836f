/// What runs from file to file have in common beside the stages of a map.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "distsne/data/run_record.hpp"
#include "pipeline/input_rows.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/prediction.hpp"
#include "pipeline/progress.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// A run from file to file: options, plan and progress with what files add to those of a map.
struct FileRun : Run {
  const Config& config;
  const Plan& plan;
  const Prediction& prediction;
  Progress& progress;
  std::uint64_t input_checksum = 0;  // of the rows as read; 0: not read

  FileRun(const Communicator& comm_in, const Config& config_in, const Plan& plan_in, const Prediction& prediction_in,
          Progress& progress_in)
      : Run(comm_in, config_in, plan_in, progress_in),
        config(config_in),
        plan(plan_in),
        prediction(prediction_in),
        progress(progress_in) {
    watches_memory = true;
  }
};

/// Collective. What the run will take; throws Error everywhere (bad input) when that is more memory than it may take.
/// With --dry-run, prints it.
[[nodiscard]] Prediction foresee(const Communicator& comm, Job job, const Config& config, const Plan& plan);

/// Collective. What a log begins with: what is done to what, where; and the same for programs.
void report_begin(const Communicator& comm, const Config& config, const Plan& plan, const std::string& job,
                  Progress& progress);

/// Collective. The rows of the input as they are; the run knows their checksum then.
template <class Real>
[[nodiscard]] RawRows<Real> read_input(FileRun& run);

/// Collective. Summarizes timers, memory and what was sent over the ranks.
void summarize_run(FileRun& run, RunRecord& record);

/// The table that a log ends with, and the same for programs.
void report_end(const FileRun& run, const RunRecord& record);

}  // namespace distsne
