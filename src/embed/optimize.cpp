/// The loop over the iterations of all phases.
#include "distsne/embed/optimize.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

double norm(const Communicator& comm, const std::vector<double>& gradient) {
  std::array<ExactSum, 1> squares;
  for (const double value : gradient) {
    squares[0].add(value * value);
  }
  return std::sqrt(comm.sum(std::span<const ExactSum>(squares))[0]);
}

}  // namespace

template <class Real>
std::vector<HistoryEntry> optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
                                   Embedding<Real>& map, Timers& timers,
                                   const std::function<void(const IterationReport&)>& watch) {
  MapPoints<Real> points;
  OptimizerState<Real> state(map.values.size());
  ObjectiveValue value;
  std::vector<HistoryEntry> history;
  IterationReport report;
  for (const Phase& phase : options.phases) {
    report.total_iterations += phase.iterations;
  }

  const auto evaluate = [&](const Phase& phase, bool measure) {
    {
      const auto timer = timers.scope("points");
      gather_points(comm, map, points);
    }
    objective.evaluate(points, phase.exaggeration, measure, value, timers);
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
      history.push_back({report.iteration, report.kl, report.gradient_norm, phase.exaggeration});
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
