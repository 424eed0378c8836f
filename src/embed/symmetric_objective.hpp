/// Symmetric SNE and t-SNE: one normalization Z over all pairs.
#pragma once

#include <array>
#include <cmath>
#include <limits>

#include "distsne/embed/attraction.hpp"
#include "distsne/embed/objective.hpp"
#include "distsne/field/direct_field.hpp"

namespace distsne {

/// dC/dy_i = 4 sum_j p_ij s(d_ij^2) (y_i - y_j) + 2 grad phi(y_i) / Z, with s = -w'/w and Z = sum_i phi(y_i).
template <class Real>
class SymmetricObjective final : public Objective<Real> {
 public:
  SymmetricObjective(Kernel kernel, const Communicator& comm, const JointAffinities<Real>& affinities,
                     const AffinityEntropy& entropy)
      : kernel_(kernel), field_(kernel), comm_(comm), affinities_(affinities), entropy_(entropy) {}

  void evaluate(const MapPoints<Real>& points, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override {
    const auto [first, count] =
        std::visit([](const auto& rows) { return std::pair(rows.first_row(), rows.local_rows()); }, affinities_.rows);
    {
      const auto timer = timers.scope("repulsion");
      field_.evaluate(points, {}, first, count, repulsion_);
    }
    {
      const auto timer = timers.scope("attraction");
      attract(kernel_, affinities_.rows, points, with_cost, attraction_);
    }
    const auto timer = timers.scope("normalization");
    std::array<ExactSum, 2> sums;
    for (const double potential : repulsion_.potential) {
      sums[0].add(potential);
    }
    for (const double energy : attraction_.energy) {
      sums[1].add(energy);
    }
    if (!all_finite(attraction_.force)) {  // the Gaussian is 0 for a distance that is NaN, the attraction is not
      sums[0].add(std::numeric_limits<double>::quiet_NaN());
    }
    const std::vector<double> total = comm_.sum(std::span<const ExactSum>(sums));
    const double z = total[0];
    value.finite = std::isfinite(z) && z > 0.0;
    value.cost = with_cost ? entropy_.joint_p_log_p + total[1] + std::log(z) : std::numeric_limits<double>::quiet_NaN();
    value.gradient.resize(attraction_.force.size());
    for (std::size_t i = 0; i < value.gradient.size(); ++i) {
      value.gradient[i] = 4.0 * exaggeration * attraction_.force[i] + 2.0 * repulsion_.gradient[i] / z;
    }
  }

 private:
  Kernel kernel_;
  DirectField<Real> field_;
  Communicator comm_;
  const JointAffinities<Real>& affinities_;
  AffinityEntropy entropy_;
  FieldValues repulsion_;
  AttractionValues attraction_;
};

}  // namespace distsne
