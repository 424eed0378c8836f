/// The end of a map, and what is said of it.
#include "pipeline/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace distsne {
namespace {

/// A note where the repulsion was less exact than was asked for.
void warn_of_force_error(const Run& run, const std::vector<HistoryEntry>& history) {
  double worst = 0.0;
  for (const HistoryEntry& entry : history) {
    worst = std::max(worst, entry.force_error);
  }
  if (worst > run.config.objective.accuracy) {
    run.progress.say(
        fmt::format("note: the error of the repulsion was up to {:.2g}, and --accuracy is {:g}: no grid "
                    "that fits in memory reached it",
                    worst, run.config.objective.accuracy));
  }
}

}  // namespace

PaceOptions pace_of(const MapOptions& config, GlobalIndex rows) {
  PaceOptions pace;
  if (finds_its_end(config.schedule)) {
    pace.check_every = 10;
    pace.tolerance = tolerance_of(config.schedule, rows);
  }
  const bool grows = config.schedule.schedule == Schedule::annealed && !config.schedule.begins_finished;
  pace.least_spread = grows ? initial_spread(config.schedule) : 0.0;
  pace.seed = config.seed;
  return pace;
}

template <class Real>
void judge_end(Run& run, const LoopState<Real>& state, MapRecord& record) {
  const PaceOptions pace = pace_of(run.config, run.plan.rows);
  const double tolerance = tolerance_of(run.config.schedule, run.plan.rows);
  record.recoveries = state.pace.recoveries;
  record.fall = state.pace.fall(pace.check_every, 0.0);
  record.flat = is_flat(shape_of(run.comm, state.moving.map), run.plan.rows, state.moving.map.columns);
  switch (state.ending) {
    case Ending::none:
      record.ending = "stopped";
      break;
    case Ending::converged:
      record.ending = "converged";
      break;
    case Ending::iterations:
      record.ending = finds_its_end(run.config.schedule) ? "cap" : "iterations";
      break;
  }
  if (record.flat) {
    run.progress.say(
        "note: the map has no spread along one of its axes, or none at all: the affinities do not part the rows there "
        "(too large a perplexity for the number of rows, or rows that are equal?)");
  }
  if (state.ending == Ending::converged) {
    run.progress.say(fmt::format("converged after {} iterations: the KL falls by less than {:.2g} % per iteration",
                                 state.iteration, 100.0 * tolerance));
  } else if (state.ending == Ending::iterations && record.fall > tolerance) {
    run.progress.say(fmt::format(
        "note: the KL still falls by {:.2g} % per 50 iterations: {} would lower it further", 5000.0 * record.fall,
        finds_its_end(run.config.schedule) ? "an explicit, larger --iterations"
                                           : "more --iterations, or --iterations auto with the annealed schedule,"));
  }
  warn_of_force_error(run, state.history);
}

std::string readable_cost(double kl) {
  return fmt::format("{:.4f}", std::abs(kl) < 5e-5 ? 0.0 : kl);  // rounding makes it -0.0000 where q is p
}

std::string cost_text(const MapOptions& config, GlobalIndex rows, double kl) {
  return config.objective.method == Method::sne
             ? fmt::format("{}, {} a row", readable_cost(kl), readable_cost(kl / static_cast<double>(rows)))
             : readable_cost(kl);
}

template void judge_end(Run&, const LoopState<float>&, MapRecord&);
template void judge_end(Run&, const LoopState<double>&, MapRecord&);

}  // namespace distsne
