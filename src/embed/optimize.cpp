/// The loop over the iterations of all phases.
#include "distsne/embed/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "distsne/base/allocation.hpp"
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
  return_free_memory();  // of the rows before
}

/// Collective. Where a map has diverged: the first row of the input whose place or velocity is not a finite number;
/// where all are, the first whose step is none (one bad place makes bad steps of all rows), else the one farthest out.
template <class Real>
GlobalIndex diverged_row(const Communicator& comm, const LoopState<Real>& state, std::span<const double> gradient) {
  const MovingMap<Real>& moving = state.moving;
  const auto dims = static_cast<std::size_t>(moving.map.columns);
  constexpr GlobalIndex none = std::numeric_limits<GlobalIndex>::max();
  GlobalIndex bad = none;
  GlobalIndex bad_step = none;
  GlobalIndex farthest = none;
  double reach = 0.0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(moving.map.local_rows()); ++i) {
    const GlobalIndex row =
        moving.input_row.empty() ? moving.map.first_row() + static_cast<GlobalIndex>(i) : moving.input_row[i];
    for (std::size_t m = i * dims; m < (i + 1) * dims; ++m) {
      const auto place = std::abs(static_cast<double>(moving.map.values[m]));
      const double step = gradient.empty() ? 0.0 : gradient[m];
      if (!std::isfinite(place) || !std::isfinite(static_cast<double>(state.optimizer.velocity[m]))) {
        bad = std::min(bad, row);
      } else if (!std::isfinite(step)) {
        bad_step = std::min(bad_step, row);
      } else if (place > reach) {
        reach = place;
        farthest = row;
      }
    }
  }
  bad = comm.min(bad);
  bad_step = comm.min(bad_step);
  const bool is_farthest = reach == comm.max(reach);
  farthest = comm.min(is_farthest ? farthest : none);
  return bad != none ? bad : bad_step != none ? bad_step : farthest != none ? farthest : 0;
}

}  // namespace

template <class Real>
bool all_finite(const Communicator& comm, const LoopState<Real>& state) {
  const auto finite = [](const AlignedVector<Real>& values) {
    return std::all_of(values.begin(), values.end(), [](Real value) { return std::isfinite(value); });
  };
  const bool fine =
      finite(state.moving.map.values) && finite(state.optimizer.velocity) && finite(state.optimizer.gains);
  return comm.min(std::int64_t{fine ? 1 : 0}) == 1;
}

template <class Real>
bool optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
              LoopState<Real>& state, Timers& timers, const std::function<void(const IterationReport&)>& watch,
              const std::function<bool()>& after_update) {
  MovingMap<Real>& moving = state.moving;
  CurrentMap<Real> current(comm, moving.map);
  ObjectiveValue value;
  IterationReport report;
  for (const Phase& phase : options.phases) {
    report.total_iterations += phase.iterations;
  }

  const bool may_reorder = options.reorder && !moving.input_row.empty() && objective.attraction().takes_order();
  const auto evaluate = [&](const Phase& phase, bool measure) {
    current.moved();
    if (may_reorder && is_reorder_due(state.iteration)) {
      const auto timer = timers.scope("reorder");
      reorder(comm, objective.attraction(), state.optimizer, moving);
    }
    const auto diverged = [&](const std::string& sign) {
      return DivergedMap(
          fmt::format("the map diverged: {} in iteration {}, at row {} of the input (counted from 0): use a "
                      "smaller --learning-rate than {:g}, or leave it at auto",
                      sign, state.iteration, diverged_row<Real>(comm, state, value.gradient), phase.learning_rate));
    };
    try {
      if (state.iteration % options.calibrate_every == 0 || objective.field().outgrown()) {
        state.force_error = objective.field().calibrate(current, timers);
      }
      objective.evaluate(current, phase.exaggeration, measure, value, timers);
    } catch (const DivergedMap& error) {
      throw diverged(error.what());
    }
    if (!value.finite) {
      throw diverged("a value that is no finite number appeared");
    }
    if (measure) {
      state.kl = value.cost;
      state.gradient_norm = norm(comm, value.gradient);
      state.history.push_back({state.iteration, state.kl, state.gradient_norm, state.force_error, phase.exaggeration});
    }
    report.iteration = state.iteration;
    report.kl = state.kl;
    report.gradient_norm = state.gradient_norm;
    report.force_error = state.force_error;
    report.phase = &phase;
    report.measured = measure;
    watch(report);
  };

  int end = 0;
  for (const Phase& phase : options.phases) {
    end += phase.iterations;
    while (state.iteration < end) {
      evaluate(phase, state.iteration % options.measure_every == 0);
      {
        const auto timer = timers.scope("update");
        update(std::span<const double>(value.gradient), phase, options.optimizer, state.optimizer, moving.map);
      }
      ++state.iteration;
      if (after_update && after_update()) {
        return false;
      }
    }
  }
  Phase last = options.phases.empty() ? Phase{} : options.phases.back();
  last.exaggeration = 1.0;
  evaluate(last, true);
  return true;
}

template <class Real>
std::vector<GlobalIndex> places_in(const Communicator& comm, const MovingMap<Real>& moving,
                                   std::span<const GlobalIndex> input_row) {
  const RowPartition even(moving.map.rows(), comm.size());
  std::vector<GlobalIndex> own(moving.input_row.size());
  std::iota(own.begin(), own.end(), even.begin(comm.rank()));
  std::vector<GlobalIndex> place_of_input(own.size());
  RowExchange::deliver(comm, even, moving.input_row)
      .move(comm, std::span<const GlobalIndex>(own), 1, std::span<GlobalIndex>(place_of_input));
  std::vector<GlobalIndex> places(input_row.size());
  RowExchange::fetch(comm, even, input_row)
      .move(comm, std::span<const GlobalIndex>(place_of_input), 1, std::span<GlobalIndex>(places));
  return places;
}

template bool all_finite(const Communicator&, const LoopState<float>&);
template bool all_finite(const Communicator&, const LoopState<double>&);
template bool optimize(const Communicator&, Objective<float>&, const OptimizeOptions&, LoopState<float>&, Timers&,
                       const std::function<void(const IterationReport&)>&, const std::function<bool()>&);
template bool optimize(const Communicator&, Objective<double>&, const OptimizeOptions&, LoopState<double>&, Timers&,
                       const std::function<void(const IterationReport&)>&, const std::function<bool()>&);
template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<float>&, std::span<const GlobalIndex>);
template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<double>&,
                                            std::span<const GlobalIndex>);

}  // namespace distsne
