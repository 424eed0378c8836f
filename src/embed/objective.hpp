/// The costs C of SNE, symmetric SNE and t-SNE and their gradients dC/dy.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "data/affinities.hpp"
#include "distsne/base/timer.hpp"
#include "distsne/embed/objective_options.hpp"
#include "embed/attraction.hpp"
#include "field/current_map.hpp"
#include "field/field.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// Sums over P that the costs need beside the joint affinities themselves.
struct AffinityEntropy {
  double conditional_p_log_p = 0.0;  ///< sum_ij p_j|i log p_j|i
  double joint_p_log_p = 0.0;        ///< sum_ij p_ij log p_ij
  /// Of rows with weights the pairs of different points, sum_i w_i (W - w_i + max(w_i - 1, 0)), which is no sum over P.
  std::optional<double> pairs = {};
};

/// What every objective is made of.
template <class Real>
struct ObjectiveParts {
  std::unique_ptr<Field<Real>> field;
  std::unique_ptr<Attraction<Real>> attraction;
  AffinityEntropy entropy;
};

/// The value of an objective at a map.
struct ObjectiveValue {
  std::vector<double> gradient;  ///< n x M, row-major: rows of dC/dy of this rank
  double cost = 0.0;             ///< C with exaggeration 1, in nats, the same on all ranks; NaN when not asked for
  double anchor_cost = 0.0;      ///< of anchors (anchors.hpp), beside the cost; NaN when the cost was not asked for
  bool finite = true;            ///< false when the normalization overflowed or became NaN: the map diverged
};

/// A cost over the map, with the affinities that it compares the map to. `exaggeration` multiplies the affinities in
/// the gradient (van der Maaten and Hinton 2008, section 3.4) and does not touch them.
template <class Real>
class Objective {
 public:
  Objective() = default;
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;
  Objective(Objective&&) = delete;
  Objective& operator=(Objective&&) = delete;
  virtual ~Objective() = default;

  /// Collective. The gradient rows of this rank; the cost too where asked for. Where the map's rows have weights, both
  /// are those of the expanded set (data/row_weights.hpp), a row of the gradient that of one of the points that the row
  /// stands for; not for sne.
  virtual void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                        Timers& timers) = 0;
  /// The cost of a map whose points are all in one place: what a map that shows anything stays below. Not collective.
  [[nodiscard]] virtual double cost_of_a_point(GlobalIndex rows) const = 0;
  /// Over how many distributions the cost is a sum: the rows for sne, 1 for the others.
  [[nodiscard]] virtual double terms_in_cost(GlobalIndex rows) const = 0;
  /// The field, which the loop fits to the map from time to time.
  [[nodiscard]] virtual Field<Real>& field() = 0;
  /// The attraction, which keeps the affinities.
  [[nodiscard]] virtual Attraction<Real>& attraction() = 0;
  /// Collective. Row i of this rank becomes row place[i] of even blocks; `plan` delivers rows there.
  virtual void reorder(const Communicator& comm, std::span<const GlobalIndex> place, const RowExchange& plan) {
    attraction().reorder(comm, place, plan);
  }
  /// Puts rows that do not move back to their places, to the bit, after a step or anything else that moved the map.
  virtual void hold(Embedding<Real>& /*map*/) const {}
};

/// The kernel of a method.
[[nodiscard]] Kernel kernel_of(const ObjectiveOptions& options);

/// Whether the options lead to the grid, for a map of so many rows.
[[nodiscard]] bool uses_grid(const ObjectiveOptions& options, GlobalIndex rows);

/// Collective. Takes the affinities.
/// sne:  C = sum_i sum_j p_j|i log(p_j|i / q_j|i) (Hinton and Roweis 2002, eq. 5 and 6),
/// ssne: C = sum_ij p_ij log(p_ij / q_ij), Gaussian q (van der Maaten and Hinton 2008, eq. 3 and 6),
/// tsne: the same with Student t q (their eq. 4 and 5; van der Maaten 2009 for other tails).
template <class Real>
std::unique_ptr<Objective<Real>> make_objective(const Communicator& comm, const ObjectiveOptions& options,
                                                JointAffinities<Real>&& affinities, const AffinityEntropy& entropy);

extern template std::unique_ptr<Objective<float>> make_objective(const Communicator&, const ObjectiveOptions&,
                                                                 JointAffinities<float>&&, const AffinityEntropy&);
extern template std::unique_ptr<Objective<double>> make_objective(const Communicator&, const ObjectiveOptions&,
                                                                  JointAffinities<double>&&, const AffinityEntropy&);

}  // namespace distsne
