/// The stages that several jobs have in common.
#pragma once

#include <fmt/format.h>

#include "distsne/base/timer.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/neighbors/neighbors.hpp"
#include "distsne/pipeline/progress.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// What the stages of a job share.
struct Run {
  const Communicator& comm;
  const Config& config;
  const Plan& plan;
  Progress& progress;
  Timers timers;
  double start = now_seconds();
  std::uint64_t input_checksum = 0;  // of the rows as read; 0: not read

  template <class Work>
  auto timed(const char* stage, const Work& work) {
    progress.working(stage);
    const auto timer = timers.scope(stage);
    return work();
  }

  /// The line of a stage that is done: its time, and what came of it.
  void done(const char* stage, const std::string& what) const {
    progress.say(fmt::format("{:<12} {:>9.2f} s   {}", stage, timers.seconds(stage), what));
  }
};

/// Collective. Threads of this rank, and the same SIMD loops on every rank, as different ones would give different
/// bits; then the line that a job begins with: what it does to what.
void begin(const Communicator& comm, const Plan& plan, const std::string& job, Progress& progress);

/// Collective. The rows of the input as they are; notes their checksum.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> input_rows(Run& run);

/// Collective. The rows of the input, prepared and reduced.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> prepared_rows(Run& run, RunRecord& record);

/// Collective. Looks for the neighbors that the plan wants.
[[nodiscard]] FoundNeighbors search_neighbors(Run& run, DistributedMatrix<float>&& x);

}  // namespace distsne
