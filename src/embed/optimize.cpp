/// The loop over the iterations of all phases.
#include "embed/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"
#include "distsne/base/allocation.hpp"
#include "distsne/base/error.hpp"
#include "embed/loop_state.hpp"
#include "embed/spread.hpp"

namespace distsne {
namespace {

/// Over all rows, each as often as its weight says.
template <class Real>
double norm(const Communicator& comm, std::vector<double> gradient, const MovingMap<Real>& moving) {
  for (double& value : gradient) {
    value *= value;
  }
  if (moving.weights) {
    const auto dims = static_cast<std::size_t>(moving.map.columns);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      gradient[i] *= static_cast<double>((*moving.weights)[i / dims]);
    }
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

/// One call of optimize().
template <class Real>
class Loop {
 public:
  Loop(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options, LoopState<Real>& state,
       Timers& timers, const std::function<void(const IterationReport&)>& watch)
      : comm_(comm),
        objective_(objective),
        options_(options),
        state_(state),
        timers_(timers),
        watch_(watch),
        current_(comm, state.moving.map, state.moving.weights),
        point_cost_(objective.cost_of_a_point(state.moving.map.rows())) {
    for (const Phase& phase : options.phases) {
      report_.total_iterations += phase.iterations;
    }
    report_.open_end = options.pace.tolerance > 0.0;
    may_reorder_ = options.reorder && !state.moving.input_row.empty() && objective.attraction().takes_order();
  }

  bool run(const std::function<bool()>& after_update) {
    for (;;) {
      const bool last = state_.iteration >= report_.total_iterations;
      const Position position = last ? end() : place();
      const bool check = !last && state_.iteration % options_.pace.check_every == 0;
      const bool measure = last || state_.iteration % options_.measure_every == 0;
      bool done = last;
      try {
        if (check) {
          keep_spread(comm_, options_.pace, state_);
        }
        evaluate(position, measure || check);
        if (check) {
          done = looks_done(position);
        } else if (last) {
          (void)holds(value_.cost + value_.anchor_cost);
        }
      } catch (const DivergedMap& error) {
        go_back(error, position);
        continue;
      }
      if (measure || done) {
        note_history(position.step);
      }
      report(position, measure || done);
      if (done) {
        state_.ending = last ? Ending::iterations : Ending::converged;
        return true;
      }
      {
        const auto timer = timers_.scope("update");
        update(std::span<const double>(value_.gradient), position.step, options_.optimizer, state_.optimizer,
               state_.moving.map);
        objective_.hold(state_.moving.map);
      }
      ++state_.iteration;
      if (after_update && after_update()) {
        return false;
      }
    }
  }

 private:
  static constexpr int most_partings = 3;

  struct Position {
    const Phase* phase = nullptr;
    Step step;
    int done = 0;  // iterations of the phase
    bool last_phase = false;
  };

  /// What the next iteration is: where it stands in the phases, more careful after each divergence.
  [[nodiscard]] Position place() const {
    static const Phase none;
    Position position{&none, {}, 0, true};
    int begin = 0;
    for (const Phase& phase : options_.phases) {
      position.phase = &phase;
      position.last_phase = &phase == &options_.phases.back();
      if (state_.iteration < begin + phase.iterations || position.last_phase) {
        position.done = std::min(phase.iterations, state_.iteration - begin);
        position.step = phase.at(position.done);
        break;
      }
      begin += phase.iterations;
    }
    const double caution = std::ldexp(1.0, 2 * state_.pace.recoveries);
    position.step.learning_rate /= caution;
    if (state_.pace.recoveries > 0) {
      position.step.momentum = std::max(0.0, 1.0 - caution * (1.0 - position.step.momentum));
    }
    return position;
  }

  /// After the last update: the cost as it is.
  [[nodiscard]] Position end() const {
    Position position = place();
    position.step.exaggeration = 1.0;
    return position;
  }

  void evaluate(const Position& position, bool with_cost) {
    objective_.hold(state_.moving.map);
    current_.moved();
    if (may_reorder_ && is_reorder_due(state_.iteration)) {
      const auto timer = timers_.scope("reorder");
      reorder(comm_, objective_, state_);
    }
    if (state_.iteration % options_.calibrate_every == 0 || objective_.field().outgrown()) {
      state_.force_error = objective_.field().calibrate(current_, timers_);
    }
    objective_.evaluate(current_, position.step.exaggeration, with_cost, value_, timers_);
    if (!value_.finite) {
      throw DivergedMap("a value that is no finite number appeared");
    }
  }

  void note_history(const Step& step) {
    state_.kl = value_.cost;
    state_.gradient_norm = norm(comm_, value_.gradient, state_.moving);
    state_.history.push_back(
        {state_.iteration, state_.kl, state_.gradient_norm, state_.force_error, step.exaggeration});
  }

  void report(const Position& position, bool measured) {
    report_.iteration = state_.iteration;
    report_.kl = state_.kl;
    report_.gradient_norm = state_.gradient_norm;
    report_.force_error = state_.force_error;
    report_.phase = position.phase;
    report_.step = position.step;
    report_.measured = measured;
    watch_(report_);
  }

  /// Whether a cost of the last phase is not far above the least; throws DivergedMap where the one before was, too.
  bool holds(double cost) {
    Pace& pace = state_.pace;
    const double rise = 0.03 * std::abs(pace.best) + 0.02 * std::abs(point_cost_) +
                        0.02 * objective_.terms_in_cost(state_.moving.map.rows());
    if (cost <= pace.best + rise) {
      pace.rising = 0;
      return true;
    }
    if (++pace.rising > 1) {  // once may be a swing, as at the beginning of the phase
      throw DivergedMap(fmt::format("the cost has risen from {:.4g} to {:.4g}", pace.best, cost));
    }
    return false;
  }

  /// Takes the cost of a check. Whether the map is done; throws DivergedMap where it gets worse and worse.
  bool looks_done(const Position& position) {
    // Anchors say nothing about whether the map falls apart while it takes shape.
    const double cost = value_.cost + (position.last_phase ? value_.anchor_cost : 0.0);
    Pace& pace = state_.pace;
    if (!position.last_phase) {
      if (std::isinf(pace.start)) {
        pace.start = cost;
      }
      // Exaggeration may cost more than a single point does, but not much; a given map may begin anywhere.
      const double most = 1.5 * point_cost_ + objective_.terms_in_cost(state_.moving.map.rows());
      if (!(cost <= std::max(most, pace.start))) {
        throw DivergedMap(fmt::format("the cost has risen to {:.4g}", cost));
      }
      keep_good_map();
      return false;
    }
    if (!holds(cost)) {
      return false;
    }
    if (pace.take(cost, options_.pace.check_every)) {
      keep_good_map();
    }
    if (options_.pace.tolerance == 0.0 || position.done < Pace::least_iterations ||
        !(pace.fall(options_.pace.check_every, 1e-3 * std::abs(point_cost_)) < options_.pace.tolerance)) {
      return false;
    }
    const Embedding<Real>& map = state_.moving.map;
    const MapShape shape = shape_of(comm_, map);
    if (pace.partings < most_partings && is_flat(shape, map.rows(), map.columns)) {
      ++pace.partings;  // a line may be a saddle, on which the cost stands still
      pace.bests.clear();
      part_axes(options_.pace, jitter * std::max(shape.deviation[0], options_.pace.least_spread), state_);
      again(position);
      return false;
    }
    if (cost > pace.best) {  // the last steps led away from the best map
      state_.moving.map.values = state_.good_map;
      again(position);
    }
    return true;
  }

  /// The gradient and the cost once more, of points that were moved by other than a step.
  void again(const Position& position) {
    objective_.hold(state_.moving.map);
    current_.moved();
    objective_.evaluate(current_, position.step.exaggeration, true, value_, timers_);
  }

  void keep_good_map() {
    state_.good_map = state_.moving.map.values;
    state_.pace.good_iteration = state_.iteration;
  }

  /// After a divergence: to the last good map, with a quarter of the step.
  void go_back(const DivergedMap& error, const Position& position) {
    Pace& pace = state_.pace;
    if (state_.iteration == 0) {
      throw DivergedMap(
          fmt::format("no map can begin here: {}, at row {} of the input (counted from 0): the initial map "
                      "is too large (--init-scale auto), or holds values that are too large",
                      error.what(), diverged_row<Real>(comm_, state_, value_.gradient)));
    }
    if (pace.recoveries >= options_.pace.most_recoveries) {
      const std::string tries =
          pace.recoveries > 0 ? fmt::format(", after {} returns to a good map with smaller steps", pace.recoveries)
                              : std::string();
      throw DivergedMap(
          fmt::format("the map diverged: {} in iteration {}, at row {} of the input (counted from 0){}: use a smaller "
                      "--learning-rate than {:g} or a smaller --momentum, or leave them at auto",
                      error.what(), state_.iteration, diverged_row<Real>(comm_, state_, value_.gradient), tries,
                      position.step.learning_rate));
    }
    const int before = state_.iteration;
    pace.go_back();
    state_.moving.map.values = state_.good_map;
    std::fill(state_.optimizer.velocity.begin(), state_.optimizer.velocity.end(), Real{0});
    std::fill(state_.optimizer.gains.begin(), state_.optimizer.gains.end(), Real{1});
    state_.iteration = pace.good_iteration;
    std::erase_if(state_.history, [&](const HistoryEntry& entry) { return entry.iteration >= state_.iteration; });
    if (options_.tell) {
      options_.tell(fmt::format(
          "note: the map diverged ({} in iteration {}); it goes on from iteration {} with a learning rate of {:g} and "
          "momentum {:.3g}",
          error.what(), before, state_.iteration, place().step.learning_rate, place().step.momentum));
    }
  }

  const Communicator& comm_;
  Objective<Real>& objective_;
  const OptimizeOptions& options_;
  LoopState<Real>& state_;
  Timers& timers_;
  const std::function<void(const IterationReport&)>& watch_;
  CurrentMap<Real> current_;
  double point_cost_;
  bool may_reorder_ = false;
  ObjectiveValue value_;
  IterationReport report_;
};

}  // namespace

template <class Real>
bool optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
              LoopState<Real>& state, Timers& timers, const std::function<void(const IterationReport&)>& watch,
              const std::function<bool()>& after_update) {
  return Loop<Real>(comm, objective, options, state, timers, watch).run(after_update);
}

template bool optimize(const Communicator&, Objective<float>&, const OptimizeOptions&, LoopState<float>&, Timers&,
                       const std::function<void(const IterationReport&)>&, const std::function<bool()>&);
template bool optimize(const Communicator&, Objective<double>&, const OptimizeOptions&, LoopState<double>&, Timers&,
                       const std::function<void(const IterationReport&)>&, const std::function<bool()>&);

}  // namespace distsne
