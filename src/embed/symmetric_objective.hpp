/// Symmetric SNE and t-SNE: one normalization Z over all pairs.
#pragma once

#include <cmath>

#include "embed/objective.hpp"

namespace distsne {

/// dC/dy_i = 4 sum_j p_ij s(d_ij^2) (y_i - y_j) + 2 grad phi(y_i) / Z, with s = -w'/w and Z = sum_i phi(y_i).
template <class Real>
class SymmetricObjective final : public Objective<Real> {
 public:
  explicit SymmetricObjective(ObjectiveParts<Real> parts) : parts_(std::move(parts)) {}

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override;
  [[nodiscard]] double cost_of_a_point(GlobalIndex rows) const override {
    const auto n = static_cast<double>(rows);
    return parts_.entropy.joint_p_log_p + std::log(n) + std::log(n - 1.0);
  }
  [[nodiscard]] double terms_in_cost(GlobalIndex /*rows*/) const override { return 1.0; }
  [[nodiscard]] Field<Real>& field() override { return *parts_.field; }
  [[nodiscard]] Attraction<Real>& attraction() override { return *parts_.attraction; }

 private:
  ObjectiveParts<Real> parts_;
  FieldValues repulsion_;
  AttractionValues attraction_;
};

extern template class SymmetricObjective<float>;
extern template class SymmetricObjective<double>;

}  // namespace distsne
