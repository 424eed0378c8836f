/// The attractive part of the gradient, and the part of the cost that depends on the affinities.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "distsne/data/affinities.hpp"
#include "distsne/field/kernel.hpp"
#include "distsne/field/map_points.hpp"

namespace distsne {

/// For the rows of this rank, in the order of the rows.
struct AttractionValues {
  std::vector<double> force;   ///< n x M: F_i = sum_j p_ij s(d_ij^2) (y_i - y_j), with the stiffness s = -w'/w
  std::vector<double> energy;  ///< n: sum_j p_ij e(d_ij^2), with e = -log w; empty when not asked for
};

/// Whether no value is NaN or infinite.
[[nodiscard]] inline bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

/// Not collective; uses all threads. Sums over j in the order of the rows: in Real within blocks, then in double.
template <class Real>
void attract(const Kernel& kernel, const AffinityRows<Real>& rows, const MapPoints<Real>& points, bool with_energy,
             AttractionValues& values);

extern template void attract(const Kernel&, const AffinityRows<float>&, const MapPoints<float>&, bool,
                             AttractionValues&);
extern template void attract(const Kernel&, const AffinityRows<double>&, const MapPoints<double>&, bool,
                             AttractionValues&);

}  // namespace distsne
