/// SNE: a normalization Z_i for every row, and a second field with the charges 1 / Z_j.
#pragma once

#include <cmath>

#include "embed/objective.hpp"

namespace distsne {

/// dC/dy_i = 4N sum_j p_ij (y_i - y_j) + grad phi(y_i) / Z_i + grad psi(y_i), with Z_i = phi(y_i) and psi the potential
/// of the charges 1 / Z_j; 2N p_ij = p_j|i + p_i|j.
template <class Real>
class SneObjective final : public Objective<Real> {
 public:
  explicit SneObjective(ObjectiveParts<Real> parts) : parts_(std::move(parts)) {}

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override;
  [[nodiscard]] double cost_of_a_point(GlobalIndex rows) const override {
    const auto n = static_cast<double>(rows);
    return parts_.entropy.conditional_p_log_p + n * std::log(n - 1.0);
  }
  [[nodiscard]] double terms_in_cost(GlobalIndex rows) const override { return static_cast<double>(rows); }
  [[nodiscard]] Field<Real>& field() override { return *parts_.field; }
  [[nodiscard]] Attraction<Real>& attraction() override { return *parts_.attraction; }

 private:
  ObjectiveParts<Real> parts_;
  FieldValues own_;     // potential and gradient of unit charges; then the gradient over Z_i
  FieldValues others_;  // of the charges 1 / Z_j
  AttractionValues attraction_;
  AlignedVector<Real> charges_;
  std::vector<double> log_z_;
};

extern template class SneObjective<float>;
extern template class SneObjective<double>;

}  // namespace distsne
