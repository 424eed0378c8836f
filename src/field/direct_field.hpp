/// The exact field: the O(N^2) sum of a kernel over all points, by SIMD and threads.
#pragma once

#include "field/field.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// Sums over all sources in the order of their rows: in Real within blocks of 256 sources, in double over the blocks.
/// Brings all points, and all charges, to every rank.
template <class Real>
class DirectField final : public Field<Real> {
 public:
  explicit DirectField(Kernel kernel) : kernel_(kernel) {}

  void evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> charges, FieldValues& values,
                Timers& timers) override;

  [[nodiscard]] double calibrate(CurrentMap<Real>& /*map*/, Timers& /*timers*/) override { return 0.0; }
  [[nodiscard]] bool outgrown() const override { return false; }
  [[nodiscard]] FieldFit fit() const override { return {}; }
  void set_fit(const FieldFit& /*fit*/) override {}
  /// Far above the least normal number, so that the terms are accurate.
  [[nodiscard]] double least_potential(const FieldValues& /*values*/) const override {
    return sizeof(Real) == 4 ? 1e-25 : 1e-200;
  }

 private:
  Kernel kernel_;
};

extern template class DirectField<float>;
extern template class DirectField<double>;

}  // namespace distsne
