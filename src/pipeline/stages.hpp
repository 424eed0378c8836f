/// The stages that several jobs have in common.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "distsne/base/allocation.hpp"
#include "distsne/base/memory.hpp"
#include "distsne/base/timer.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/neighbors/neighbors.hpp"
#include "distsne/pipeline/progress.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/prediction.hpp"

namespace distsne {

/// What the stages of a job share.
struct Run {
  const Communicator& comm;
  const Config& config;
  const Plan& plan;
  const Prediction& prediction;
  Progress& progress;
  Timers timers;
  double start = now_seconds();
  std::uint64_t input_checksum = 0;  // of the rows as read; 0: not read

  std::map<std::string, double> memory;  // the most that this rank had in each stage, in bytes

  Run(const Communicator& comm_in, const Config& config_in, const Plan& plan_in, const Prediction& prediction_in,
      Progress& progress_in)
      : comm(comm_in), config(config_in), plan(plan_in), prediction(prediction_in), progress(progress_in) {}

  template <class Work>
  auto timed(const char* stage, const Work& work) {
    progress.working(stage);
    const auto timer = timers.scope(stage);
    const MemoryScope memory_of_stage(memory[stage]);
    return work();
  }

  /// The line of a stage that is done: its time, and what came of it.
  void done(const char* stage, const std::string& what) const {
    progress.say(fmt::format("{:<12} {:>9.2f} s   {}", stage, timers.seconds(stage), what));
    progress.record("stage", {{"stage", stage}, {"seconds", timers.seconds(stage)}, {"result", what}});
  }

 private:
  /// Notes the peak of memory during its life.
  class MemoryScope {
   public:
    explicit MemoryScope(double& peak) : peak_(peak) {
      return_free_memory();
      begin_memory_peak();
    }
    MemoryScope(const MemoryScope&) = delete;
    MemoryScope& operator=(const MemoryScope&) = delete;
    MemoryScope(MemoryScope&&) = delete;
    MemoryScope& operator=(MemoryScope&&) = delete;
    ~MemoryScope() { peak_ = std::max(peak_, latest_memory_peak_bytes()); }

   private:
    double& peak_;
  };
};

/// Collective. Threads of this rank, and the same SIMD loops on every rank, as different ones would give different
/// bits.
void settle_ranks(const Communicator& comm, int threads);

/// Collective. Threads of this rank, and the same SIMD loops on every rank, as different ones would give different
/// bits; then what a log begins with: what is done to what, where.
void begin(const Communicator& comm, const Config& config, const Plan& plan, const std::string& job,
           Progress& progress);

/// Collective. What the run will take; throws Error everywhere (bad input) when that is more memory than it may take.
/// With --dry-run, prints it.
[[nodiscard]] Prediction foresee(const Communicator& comm, Job job, const Config& config, const Plan& plan);

/// Collective. The line that a log begins with, and the same for programs.
void report_begin(const Communicator& comm, const Config& config, const Plan& plan, const std::string& job,
                  Progress& progress);

/// Collective. Reads the rows of the input for nothing but their checksum.
template <class Real>
void note_input_checksum(Run& run);

/// Collective. The rows of the input, prepared and reduced.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> prepared_rows(Run& run, RunRecord& record);

/// Collective. Summarizes timers, memory and what was sent over the ranks.
void summarize_run(Run& run, RunRecord& record);

/// The table that a log ends with, and the same for programs.
void report_end(const Run& run, const RunRecord& record);

/// Collective. Looks for the neighbors that the plan wants.
[[nodiscard]] FoundNeighbors search_neighbors(Run& run, DistributedMatrix<float>&& x);

}  // namespace distsne
