/// Symmetric SNE and t-SNE: one normalization Z over all pairs.
#pragma once

#include <cmath>

#include "embed/objective.hpp"

namespace distsne {

/// dC/dy_i = 4 sum_j p_ij s(d_ij^2) (y_i - y_j) + 2 grad phi(y_i) / Z, with s = -w'/w and Z = sum_i phi(y_i); of rows
/// with weights 4 / w_i and Z = sum_i w_i (phi(y_i) + max(w_i - 1, 0)), phi the potential of the weights.
template <class Real>
class SymmetricObjective final : public Objective<Real> {
 public:
  explicit SymmetricObjective(ObjectiveParts<Real> parts) : parts_(std::move(parts)) {}

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override;
  [[nodiscard]] double cost_of_a_point(GlobalIndex rows) const override {
    const auto n = static_cast<double>(rows);
    return parts_.entropy.joint_p_log_p +
           (parts_.entropy.pairs ? std::log(*parts_.entropy.pairs) : std::log(n) + std::log(n - 1.0));
  }
  [[nodiscard]] double terms_in_cost(GlobalIndex /*rows*/) const override { return 1.0; }
  [[nodiscard]] Field<Real>& field() override { return *parts_.field; }
  [[nodiscard]] Attraction<Real>& attraction() override { return *parts_.attraction; }

 private:
  /// From rows to the points that they stand for: the parts of Z, and the attraction of one of them.
  void weigh(const AlignedVector<Real>& weights, std::size_t dims);

  ObjectiveParts<Real> parts_;
  FieldValues repulsion_;
  AttractionValues attraction_;
  std::vector<double> weighted_;  // w_i (phi(y_i) + max(w_i - 1, 0)), where rows have weights
};

extern template class SymmetricObjective<float>;
extern template class SymmetricObjective<double>;

}  // namespace distsne
