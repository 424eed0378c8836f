/// Attraction over dense rows of P.
#pragma once

#include "embed/attraction.hpp"

namespace distsne {

/// Brings all points to every rank. Sums over j in the order of the rows: in Real within blocks, then in double.
template <class Real>
class DenseAttraction final : public Attraction<Real> {
 public:
  DenseAttraction(const Kernel& kernel, DenseRows<Real>&& rows) : kernel_(kernel), rows_(std::move(rows)) {}

  void evaluate(CurrentMap<Real>& map, bool with_energy, AttractionValues& values, Timers& timers) override;

 private:
  Kernel kernel_;
  DenseRows<Real> rows_;
};

extern template class DenseAttraction<float>;
extern template class DenseAttraction<double>;

}  // namespace distsne
