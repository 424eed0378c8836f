/// From options to phases.
#include "distsne/embed/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace distsne {

double fitted_learning_rate(Method method, Optimizer optimizer, double rows, double exaggeration) {
  const double rate = rows / exaggeration * (optimizer == Optimizer::gd ? 0.1 : 1.0);
  switch (method) {
    case Method::sne:
      return 0.25 * rate / rows;
    case Method::ssne:
      return 0.25 * rate;
    case Method::tsne:
      break;
  }
  return rate;
}

Step Phase::at(int done) const {
  if (first.exaggeration == last.exaggeration && first.learning_rate == last.learning_rate) {
    return first;
  }
  const double share = static_cast<double>(done) / std::max(1, iterations);
  const auto between = [&](double from, double to) { return from * std::pow(to / from, share); };
  return {between(first.exaggeration, last.exaggeration), first.momentum,
          between(first.learning_rate, last.learning_rate)};
}

namespace {

constexpr int classic_iterations = 750;

/// Rows from which on a map counts as large.
constexpr double many_rows = 60000.0;

/// Updates of the exaggerated phases of the annealed schedule; measured on digits, a mixture, uniform and Gaussian
/// noise, a curved line, MNIST and patches of 100,000 and 1,000,000 rows.
int fitted_exaggeration_iterations(GlobalIndex rows) {
  constexpr double fewest = 40.0;
  constexpr double most = 800.0;
  return static_cast<int>(std::clamp(fewest * std::pow(many_rows / static_cast<double>(rows), 0.7), fewest, most));
}

/// The number that was asked for, or else `usual`, where the map begins as a small one.
int exaggerated(const ScheduleOptions& options, int usual) {
  return options.exaggeration_iterations.value_or(options.begins_finished ? 0 : usual);
}

/// Share of the fitted learning rate that the last phase of t-SNE takes with Nesterov's momentum. Its long memory needs
/// less, and large maps would grow faster than their cost falls: a million patches span 730 to 820 units after 240
/// iterations with 0.5, 500 to 530 with 0.25.
double last_share(double rows) { return 0.7 * std::cbrt(std::min(1.0, many_rows / rows)); }

/// `early` updates at `exaggeration`, which falls to its last value over a share of them; then the others.
std::vector<Phase> phases_with(const ScheduleOptions& options, double exaggeration, int early, int iterations,
                               double decay, double early_momentum, double momentum) {
  const int held = early - static_cast<int>(std::ceil(options.exaggeration_decay.value_or(decay) * early));
  const Step first{exaggeration, early_momentum, 0.0};
  return {{"early exaggeration", held, first},
          {"annealing", early - held, first, {options.exaggeration, early_momentum, 0.0}},
          {"embedding", iterations - early, {options.exaggeration, momentum, 0.0}}};
}

std::vector<Phase> classic_phases(const ScheduleOptions& options, double exaggeration) {
  constexpr int usual_exaggerated = 250;
  constexpr double usual_early_momentum = 0.5;
  constexpr double usual_momentum = 0.8;
  const int iterations = options.iterations.value_or(classic_iterations);
  const int early = std::min(exaggerated(options, usual_exaggerated), iterations);
  return phases_with(options, exaggeration, early, iterations, 0.0,
                     options.early_momentum.value_or(usual_early_momentum), options.momentum.value_or(usual_momentum));
}

std::vector<Phase> annealed_phases(const ScheduleOptions& options, Method method, GlobalIndex rows,
                                   double exaggeration) {
  constexpr double usual_decay = 0.75;
  // Gaussian forces grow with distance, so that long memory of steps makes such maps swing.
  // So do maps of few points, which a short memory finishes soon enough.
  constexpr GlobalIndex few_rows = 200;
  const double momentum = options.momentum.value_or(method == Method::tsne && rows > few_rows ? 0.98 : 0.9);
  const int iterations = options.iterations.value_or(most_iterations);
  // A run of few iterations has its share of all phases.
  const int early =
      std::min(exaggerated(options, std::min(fitted_exaggeration_iterations(rows), (iterations + 1) / 2)), iterations);
  // Where the phases are short the map has to grow quickly.
  const double early_momentum = options.early_momentum.value_or(early <= 60 ? 0.95 : 0.9);
  return phases_with(options, exaggeration, early, iterations, usual_decay, early_momentum, momentum);
}

}  // namespace

std::vector<Phase> phases_of(const ScheduleOptions& options, Method method, GlobalIndex rows,
                             std::optional<double> points) {
  const double moved = points.value_or(static_cast<double>(rows));
  const double exaggeration = options.early_exaggeration.value_or(method == Method::tsne ? 12.0 : 4.0);
  const bool annealed = options.schedule == Schedule::annealed;
  std::vector<Phase> phases =
      annealed ? annealed_phases(options, method, rows, exaggeration) : classic_phases(options, exaggeration);
  std::erase_if(phases, [](const Phase& phase) { return phase.iterations == 0; });
  const Optimizer optimizer = optimizer_of(options);
  for (Phase& phase : phases) {
    const double share = optimizer == Optimizer::nesterov && &phase == &phases.back() && method == Method::tsne
                             ? last_share(moved)
                             : 1.0;
    for (Step* step : {&phase.first, &phase.last}) {
      step->learning_rate =
          options.learning_rate.value_or(share * fitted_learning_rate(method, optimizer, moved, step->exaggeration));
    }
  }
  return phases;
}

Optimizer optimizer_of(const ScheduleOptions& options) {
  return options.optimizer.value_or(options.schedule == Schedule::annealed ? Optimizer::nesterov : Optimizer::gains);
}

int usual_iterations(const ScheduleOptions& options, GlobalIndex rows) {
  constexpr int without_exaggeration = 170;
  if (options.schedule == Schedule::classic || options.iterations) {
    return options.iterations.value_or(classic_iterations);
  }
  return exaggerated(options, fitted_exaggeration_iterations(rows)) + without_exaggeration;
}

double tolerance_of(const ScheduleOptions& options, GlobalIndex rows) {
  constexpr double of_many_rows = 3e-4;
  return options.tolerance.value_or(of_many_rows * std::sqrt(std::min(1.0, static_cast<double>(rows) / many_rows)));
}

bool finds_its_end(const ScheduleOptions& options) {
  return options.schedule == Schedule::annealed && !options.iterations;
}

double initial_spread(const ScheduleOptions& options) { return options.schedule == Schedule::annealed ? 0.1 : 1e-4; }

}  // namespace distsne
