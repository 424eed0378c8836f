/// The loop over the iterations of all phases.
#include "distsne/embed/optimize.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>

#include "distsne/base/error.hpp"
#include "distsne/embed/reorder.hpp"

namespace distsne {
namespace {

double norm(const Communicator& comm, std::vector<double> gradient) {
  for (double& value : gradient) {
    value *= value;
  }
  const std::array<ExactSum, 1> squares{exact_sum(gradient)};
  return std::sqrt(comm.sum(std::span<const ExactSum>(squares))[0]);
}

/// After how many iterations rows are brought into the order of the map: while it takes shape, and less and less often.
bool is_reorder_due(std::int64_t iteration) {
  constexpr std::int64_t first = 50;
  return iteration >= first && iteration % first == 0 &&
         std::has_single_bit(static_cast<std::uint64_t>(iteration / first));
}

template <class T>
void deliver(const Communicator& comm, const RowExchange& plan, std::size_t width, AlignedVector<T>& values) {
  AlignedVector<T> moved(plan.arriving() * width);
  plan.move(comm, std::span<const T>(values), width, std::span<T>(moved));
  values = std::move(moved);
}

/// Collective. Brings rows near each other on the map together, with all that belongs to them.
template <class Real>
void reorder(const Communicator& comm, Attraction<Real>& attraction, OptimizerState<Real>& state,
             MovingMap<Real>& moving) {
  const std::vector<GlobalIndex> place = places_along_map(comm, moving.map);
  const RowPartition partition(moving.map.rows(), comm.size());
  const RowExchange plan = RowExchange::deliver(comm, partition, place);
  attraction.reorder(comm, place, plan);
  const auto dims = static_cast<std::size_t>(moving.map.columns);
  deliver(comm, plan, dims, moving.map.values);
  deliver(comm, plan, dims, state.velocity);
  deliver(comm, plan, dims, state.gains);
  std::vector<GlobalIndex> input_row(plan.arriving());
  plan.move(comm, std::span<const GlobalIndex>(moving.input_row), 1, std::span<GlobalIndex>(input_row));
  moving.input_row = std::move(input_row);
  moving.map.partition = partition;
}

}  // namespace

template <class Real>
std::vector<HistoryEntry> optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
                                   MovingMap<Real>& moving, Timers& timers,
                                   const std::function<void(const IterationReport&)>& watch) {
  Embedding<Real>& map = moving.map;
  CurrentMap<Real> current(comm, map);
  OptimizerState<Real> state(map.values.size());
  ObjectiveValue value;
  std::vector<HistoryEntry> history;
  IterationReport report;
  for (const Phase& phase : options.phases) {
    report.total_iterations += phase.iterations;
  }

  const bool may_reorder = options.reorder && !moving.input_row.empty() && objective.attraction().takes_order();
  const auto evaluate = [&](const Phase& phase, bool measure) {
    current.moved();
    if (may_reorder && is_reorder_due(report.iteration)) {
      const auto timer = timers.scope("reorder");
      reorder(comm, objective.attraction(), state, moving);
    }
    if (report.iteration % options.calibrate_every == 0 || objective.field().outgrown()) {
      report.force_error = objective.field().calibrate(current, timers);
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
                                            MovingMap<float>&, Timers&,
                                            const std::function<void(const IterationReport&)>&);
template std::vector<HistoryEntry> optimize(const Communicator&, Objective<double>&, const OptimizeOptions&,
                                            MovingMap<double>&, Timers&,
                                            const std::function<void(const IterationReport&)>&);

}  // namespace distsne
