/// The phases of a run: how long, how exaggerated, with which momentum and learning rate.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/embed/objective_options.hpp"

namespace distsne {

/// How a step follows from a gradient; update.hpp has the rules.
enum class Optimizer { nesterov, gains, gd };

inline constexpr Word<Optimizer> optimizer_words[] = {
    {"nesterov", Optimizer::nesterov}, {"gains", Optimizer::gains}, {"gd", Optimizer::gd}};

/// annealed: exaggeration falls from its first value to 1 while the map grows from a small one, with Nesterov's
/// momentum and an end that is found. classic: van der Maaten and Hinton (2008) as Belkina and others (2019) tuned it:
/// 250 iterations at 12, then 500 without.
enum class Schedule { annealed, classic };

inline constexpr Word<Schedule> schedule_words[] = {{"annealed", Schedule::annealed}, {"classic", Schedule::classic}};

struct ScheduleOptions {
  Schedule schedule = Schedule::annealed;
  /// Updates in all, the exaggerated ones included. Empty: classic 750; annealed until the cost falls by less than
  /// the tolerance of itself per iteration, at most most_iterations.
  std::optional<int> iterations;
  /// Updates of the exaggerated phases. Empty: classic 250; annealed 40 for large data, up to 800 for small data, where
  /// they cost little and what they untangle shows. 0 leaves the phases out.
  std::optional<int> exaggeration_iterations;
  /// Factor of the affinities at first; empty: 12 for tsne and 4 for sne and ssne. Larger values make tighter clusters
  /// that find their places more easily.
  std::optional<double> early_exaggeration;
  /// Share of the exaggerated updates, the last ones, during which the factor falls to that of the last phase by equal
  /// factors; 0 to 1, empty: 3/4 where annealed, 0 where classic.
  std::optional<double> exaggeration_decay;
  /// Factor of the affinities in the last phase; above 1 clusters are drawn together for good (Bohm, Berens and Kobak
  /// 2022: 4 gives a map like UMAP's).
  double exaggeration = 1.0;
  /// Share of the last step that is kept, in the exaggerated phases and after them; empty: fitted to the schedule and
  /// the method. Of no effect on gd.
  std::optional<double> early_momentum;
  std::optional<double> momentum;
  /// Step per unit of dC/dy, the factor 4 (sne: 2) of the gradient included; empty: fitted to the method and N.
  std::optional<double> learning_rate;
  /// Empty: nesterov where annealed, gains where classic.
  std::optional<Optimizer> optimizer;
  /// The map to begin with is a finished one: no updates are exaggerated where their number is left open.
  bool begins_finished = false;
  /// Relative fall of the cost per iteration below which an annealed run without a number of iterations ends; empty:
  /// 3e-4 for 60,000 rows and more (Belkina and others 2019 stop at 2e-4), less in proportion to the root of fewer
  /// rows, whose iterations cost little.
  std::optional<double> tolerance;
};

/// The most updates of a run whose end is found.
inline constexpr int most_iterations = 3000;

/// What one iteration takes of its phase.
struct Step {
  double exaggeration = 1.0;
  double momentum = 0.0;
  double learning_rate = 0.0;
};

/// Iterations of one kind. Exaggeration and learning rate go from their first value to their last one, which they would
/// have in the iteration after the phase, by equal factors.
struct Phase {
  std::string name;
  int iterations = 0;
  Step first;
  Step last;

  Phase() = default;
  Phase(std::string name_in, int iterations_in, const Step& step)
      : name(std::move(name_in)), iterations(iterations_in), first(step), last(step) {}
  Phase(std::string name_in, int iterations_in, const Step& first_in, const Step& last_in)
      : name(std::move(name_in)), iterations(iterations_in), first(first_in), last(last_in) {}

  /// `done` iterations after its beginning.
  [[nodiscard]] Step at(int done) const;
};

/// The learning rate where none is given: N / exaggeration for tsne (Belkina and others 2019; their gradient, too,
/// holds the factor 4), a quarter of it for ssne, whose attraction does not weaken with distance; divided by N for sne,
/// whose cost is a sum over N rows rather than a mean. With `gd` a tenth of these, since no gains tame the steps.
[[nodiscard]] double fitted_learning_rate(Method method, Optimizer optimizer, double rows, double exaggeration);

/// The phases that hold at least one iteration. `points`: how many points rows with weights stand for, which the fitted
/// learning rate is for; empty: as many as there are rows.
[[nodiscard]] std::vector<Phase> phases_of(const ScheduleOptions& options, Method method, GlobalIndex rows,
                                           std::optional<double> points = {});

/// The optimizer that the options lead to.
[[nodiscard]] Optimizer optimizer_of(const ScheduleOptions& options);

/// The iterations of a run, or about as many as one whose end is found takes.
[[nodiscard]] int usual_iterations(const ScheduleOptions& options, GlobalIndex rows);

/// The tolerance that the options lead to.
[[nodiscard]] double tolerance_of(const ScheduleOptions& options, GlobalIndex rows);

/// Whether the run ends where its cost no longer falls.
[[nodiscard]] bool finds_its_end(const ScheduleOptions& options);

/// Standard deviation of the first coordinate of an initial map, in map units. The annealed schedule begins as large as
/// the law of small maps holds (forces are linear in Y far below 1), since growing to it takes iterations and changes
/// nothing.
[[nodiscard]] double initial_spread(const ScheduleOptions& options);

}  // namespace distsne
