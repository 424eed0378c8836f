/// The exact field: the O(N^2) sum of a kernel over all points, by SIMD and threads.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "distsne/field/kernel.hpp"
#include "distsne/field/map_points.hpp"

namespace distsne {

/// Potential and gradient at the points [first, first + count) of a map.
struct FieldValues {
  std::vector<double> potential;  ///< count values: phi(y_i) = sum_{j != i} c_j w(|y_i - y_j|^2)
  std::vector<double> gradient;   ///< count x M, row-major: grad phi(y_i) = 2 sum_j c_j w'(d_ij^2) (y_i - y_j)
};

/// Sums over all sources in the order of their rows: in Real within blocks of 256 sources, in double over the blocks.
/// The values of a point are the same bits whichever rank or thread computes them.
template <class Real>
class DirectField {
 public:
  explicit DirectField(Kernel kernel) : kernel_(kernel) {}

  /// Not collective; uses all threads. `charges` holds one c_j per point of the map, or is empty for charges of 1.
  void evaluate(const MapPoints<Real>& points, std::span<const Real> charges, GlobalIndex first, LocalIndex count,
                FieldValues& values) const;

 private:
  Kernel kernel_;
};

extern template class DirectField<float>;
extern template class DirectField<double>;

}  // namespace distsne
