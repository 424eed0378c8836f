/// The loop over the iterations of all phases.
#include "distsne/embed/optimize.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

double norm(const Communicator& comm, std::vector<double> gradient) {
  for (double& value : gradient) {
    value *= value;
  }
  const std::array<ExactSum, 1> squares{exact_sum(gradient)};
  return std::sqrt(comm.sum(std::span<const ExactSum>(squares))[0]);
}

}  // namespace

template <class Real>
std::vector<HistoryEntry> optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
                                   Embedding<Real>& map, Timers& timers,
                                   const std::function<void(const IterationReport&)>& watch) {
  CurrentMap<Real> current(comm, map);
  OptimizerState<Real> state(map.values.size());
  ObjectiveValue value;
  std::vector<HistoryEntry> history;
  IterationReport report;
  for (const Phase& phase : options.phases) {
    report.total_iterations += phase.iterations;
  }

  const auto evaluate = [&](const Phase& phase, bool measure) {
    current.moved();
    if (report.iteration % options.calibrate_every == 0) {
      report.force_error = objective.calibrate(current, timers);
    }
    objective.evaluate(current, phase.exaggeration, measure, value, timers);
    if (!value.finite) {
      throw Error(fmt::format("the map diverged in iteration {}: use a smaller --learning-rate than {:g}, or leave it "
                              "at auto",
                              report.iteration, phase.learning_rate),
                  ExitCode::failure, true);
    }
    report.phase = &phase;
    report.measured = measure;
    if (measure) {
      report.kl = value.cost;
      report.gradient_norm = norm(comm, value.gradient);
      history.push_back({report.iteration, report.kl, report.gradient_norm, report.force_error, phase.exaggeration});
    }
    watch(report);
  };

  for (const Phase& phase : options.phases) {
    for (int i = 0; i < phase.iterations; ++i) {
      evaluate(phase, report.iteration % options.measure_every == 0);
      const auto timer = timers.scope("update");
      update(std::span<const double>(value.gradient), phase, options.optimizer, state, map);
      ++report.iteration;
    }
  }
  Phase last = options.phases.empty() ? Phase{} : options.phases.back();
  last.exaggeration = 1.0;
  evaluate(last, true);
  return history;
}

template std::vector<HistoryEntry> optimize(const Communicator&, Objective<float>&, const OptimizeOptions&,
                                            Embedding<float>&, Timers&,
                                            const std::function<void(const IterationReport&)>&);
template std::vector<HistoryEntry> optimize(const Communicator&, Objective<double>&, const OptimizeOptions&,
                                            Embedding<double>&, Timers&,
                                            const std::function<void(const IterationReport&)>&);

}  // namespace distsne
