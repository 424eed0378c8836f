/// From options to phases.
#include "distsne/embed/schedule.hpp"

#include <algorithm>

namespace distsne {

double fitted_learning_rate(Method method, Optimizer optimizer, GlobalIndex rows, double exaggeration) {
  const double rate = static_cast<double>(rows) / exaggeration * (optimizer == Optimizer::gd ? 0.1 : 1.0);
  switch (method) {
    case Method::sne:
      return 0.25 * rate / static_cast<double>(rows);
    case Method::ssne:
      return 0.25 * rate;
    case Method::tsne:
      break;
  }
  return rate;
}

std::vector<Phase> phases_of(const ScheduleOptions& options, Method method, GlobalIndex rows) {
  const double exaggeration = options.early_exaggeration.value_or(method == Method::tsne ? 12.0 : 4.0);
  const int early = std::min(options.exaggeration_iterations, options.iterations);
  std::vector<Phase> phases{{"early exaggeration", early, exaggeration, options.early_momentum, 0.0},
                            {"embedding", options.iterations - early, 1.0, options.momentum, 0.0}};
  std::erase_if(phases, [](const Phase& phase) { return phase.iterations == 0; });
  for (Phase& phase : phases) {
    phase.learning_rate =
        options.learning_rate.value_or(fitted_learning_rate(method, options.optimizer, rows, phase.exaggeration));
  }
  return phases;
}

}  // namespace distsne
