/// The phases of a run: how long, how exaggerated, with which momentum and learning rate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/embed/objective.hpp"

namespace distsne {

enum class Optimizer { gains, gd };

struct ScheduleOptions {
  /// Updates in all, the exaggerated ones included. More let clusters settle further.
  int iterations = 750;
  /// Updates of the first phase. 0 leaves the phase out.
  int exaggeration_iterations = 250;
  /// Factor of the affinities in the first phase; empty: 12 for tsne and 4 for sne and ssne. Larger values make tighter
  /// clusters that find their places more easily.
  std::optional<double> early_exaggeration;
  /// Share of the last step that is kept, in the first phase and after it. Of no effect on gd.
  double early_momentum = 0.5;
  double momentum = 0.8;
  /// Step per unit of dC/dy, the factor 4 (sne: 2) of the gradient included; empty: fitted to the method and N.
  std::optional<double> learning_rate;
  Optimizer optimizer = Optimizer::gains;
};

struct Phase {
  std::string name;
  int iterations = 0;
  double exaggeration = 1.0;
  double momentum = 0.0;
  double learning_rate = 0.0;
};

/// The learning rate where none is given: N / exaggeration for tsne (Belkina and others 2019; their gradient, too,
/// holds the factor 4), a quarter of it for ssne, whose attraction does not weaken with distance; divided by N for sne,
/// whose cost is a sum over N rows rather than a mean. With `gd` a tenth of these, since no gains tame the steps.
[[nodiscard]] double fitted_learning_rate(Method method, Optimizer optimizer, GlobalIndex rows, double exaggeration);

/// The phases that hold at least one iteration.
[[nodiscard]] std::vector<Phase> phases_of(const ScheduleOptions& options, Method method, GlobalIndex rows);

}  // namespace distsne
