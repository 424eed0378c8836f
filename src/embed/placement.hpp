/// One point moved by its own loss in the field of a map that stays as it is.
#pragma once

#include <array>
#include <span>

#include "embed/objective.hpp"
#include "field/frozen_field.hpp"

namespace distsne {

/// What a point has to do with the points of a map.
struct PointAffinities {
  std::span<const double> p;      ///< affinities to its neighbors, which sum to 1
  std::span<const float> places;  ///< of the neighbors: count x M, row-major
};

/// A point's loss and its derivatives.
struct PointLoss {
  double value = 0.0;
  std::array<double, 3> gradient{};
  std::array<std::array<double, 3>, 3> hessian{};
};

/// Of a map of N points with the field phi, Z = sum_ij w_ij:
///   tsne, ssne:  L(y) = sum_j p_j e(|y - y_j|^2) + N / Z phi(y),
/// whose gradient is N / 2 times that of the cost by one point, with 2N p_ij = 2 p_j|i: a new point comes to rest where
/// a point of the map with the same neighbors would;
///   sne:  L(y) = sum_j p_j |y - y_j|^2 + log phi(y), the point's own divergence but for a constant.
[[nodiscard]] PointLoss point_loss(const FrozenField& field, const Kernel& kernel, Method method, GlobalIndex rows,
                                   const PointAffinities& affinities, const double* place);

/// Not collective. The weighted median of the neighbors' places along each dimension: where more than half of the
/// affinity lies, far neighbors don't matter.
[[nodiscard]] std::array<double, 3> weighted_median(const PointAffinities& affinities, std::size_t dims);

/// Not collective. The minimum of the loss that Newton's method with a damped Hessian (Levenberg 1944; Marquardt 1963)
/// comes to from `place`, steps of at most 2 map units, never uphill; ends when a step is shorter than 1e-4 or
/// after 60. A function of its arguments alone.
[[nodiscard]] std::array<double, 3> settle(const FrozenField& field, const Kernel& kernel, Method method,
                                           GlobalIndex rows, const PointAffinities& affinities,
                                           std::array<double, 3> place);

}  // namespace distsne
