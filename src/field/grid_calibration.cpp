/// Fitting the step of the grid to the error that is measured.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"
#include "field/direct_sums.hpp"
#include "field/grid_state.hpp"

namespace distsne {
namespace {

/// About so many points of a map are compared with exact sums.
constexpr double sampled_points = 256.0;
constexpr double coarsest_step = 1.0;
constexpr int most_attempts = 8;
/// A force is compared with at least this share of the potential, which is what it would be if all points stood around
/// one of them half as far away: where hardly anything pushes, as among points on nearly one spot beside a few far
/// away, an error that is small beside this moves the map by nothing that matters.
constexpr double least_force = 1e-4;

double sum_of_squares(const std::vector<double>& values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

/// A share of the rows of this rank that depends on nothing but their number in the map's order.
template <class Real>
std::vector<LocalIndex> sampled_rows(const Embedding<Real>& map) {
  const CounterRandom random(0x5A3D);
  const double share = sampled_points / static_cast<double>(map.rows());
  std::vector<LocalIndex> sample;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    if (random.uniform(map.first_row() + i, 0) < share) {
      sample.push_back(i);
    }
  }
  return sample;
}

}  // namespace

template <class Real>
double GridField<Real>::calibrate(CurrentMap<Real>& map, Timers& timers) {
  State& state = *state_;
  const Embedding<Real>& own = map.own();
  const std::size_t dims = map.dims();
  const std::vector<LocalIndex> sample = sampled_rows(own);
  std::size_t first_own = 0;
  TargetSums exact;
  const Bounds bounds = find_bounds(state.comm, own);
  {
    const auto timer = timers.scope("accuracy");
    if (!bounds.finite) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    state.extent = state.calibrated_extent = bounds.longest();
    exact =
        direct_sums(state.comm, state.kernel, own, gather_targets(state.comm, own, sample, first_own), map.weights());
  }
  const double total =
      std::max(sum_of_squares(exact.gradient), least_force * least_force * sum_of_squares(exact.potential));
  if (total == 0.0) {
    return 0.0;  // nothing pushes anything: all points are infinitely far from each other
  }
  FieldValues values;
  const auto error_of_step = [&] {
    evaluate(map, false, {}, values, timers);
    ExactSum squares;
    for (std::size_t k = 0; k < sample.size(); ++k) {
      for (std::size_t m = 0; m < dims; ++m) {
        const double found = values.gradient[static_cast<std::size_t>(sample[k]) * dims + m];
        const double difference = found - exact.gradient[(first_own + k) * dims + m];
        squares.add(difference * difference);
      }
    }
    return std::sqrt(state.comm.sum(std::span<const ExactSum>(&squares, 1))[0] / total);
  };
  // The error falls with about this power of the step.
  const double power = state.resolution.order == 4 ? 3.5 : 5.0;
  const double aim = 0.7 * state.accuracy;
  double error = error_of_step();
  while (error < 0.5 * aim && state.resolution.step < coarsest_step) {
    const double finer_step = state.resolution.step;
    const double finer_error = error;
    state.set_step(std::min(coarsest_step, finer_step * std::min(2.0, std::pow(aim / error, 1.0 / power))));
    error = error_of_step();
    if (error > state.accuracy) {
      state.set_step(finer_step);
      error = finer_error;
      break;
    }
  }
  double best_step = state.resolution.step;
  double best_error = error;
  for (int attempt = 0; error > state.accuracy && attempt < most_attempts; ++attempt) {
    const double step = state.resolution.step * std::clamp(std::pow(aim / error, 1.0 / power), 0.4, 0.9);
    if (!state.fits(bounds, own.columns, step)) {
      break;
    }
    state.set_step(step);
    error = error_of_step();
    if (error < best_error) {
      best_error = error;
      best_step = step;
    }
  }
  // Where no grid reaches the accuracy, the map goes on with the best there is, whose error is told.
  if (state.resolution.step != best_step) {
    state.set_step(best_step);
  }
  return best_error;
}

template double GridField<float>::calibrate(CurrentMap<float>&, Timers&);
template double GridField<double>::calibrate(CurrentMap<double>&, Timers&);

}  // namespace distsne
