/// One point moved by its own loss in the field of a map that stays as it is.
#pragma once

#include <array>
#include <functional>
#include <span>

#include "embed/objective.hpp"
#include "embed/point_attraction.hpp"
#include "field/frozen_field.hpp"

namespace distsne {

/// Of a new point with affinities that sum to 1, in a map of N points with the field phi, Z = sum_ij w_ij:
///   tsne, ssne:  L(y) = sum_j p_j e(|y - y_j|^2) + N / Z phi(y),
/// whose gradient is N / 2 times that of the cost by one point, with 2N p_ij = 2 p_j|i: a new point comes to rest where
/// a point of the map with the same neighbors would; of a map of rows with weights (data/row_weights.hpp) N is the sum
/// of these;
///   sne:  L(y) = sum_j p_j |y - y_j|^2 + log phi(y), the point's own divergence but for a constant.
[[nodiscard]] PointLoss point_loss(const FrozenField& field, const Kernel& kernel, Method method, double points,
                                   const PointAffinities& affinities, const double* place);

/// The loss of a point of a map as it moves and all others stay: its part in the cost of tsne and ssne,
///   C(y) = 2 sum_j p_ij e(|y - y_j|^2) + log (Z + 2 (phi_i(y) - phi_i(y_i))),   phi_i(y) = phi(y) - w(|y - y_i|^2),
/// less its value at y_i, in units of 2 / N: the loss of the leave-one-out map (Liu, Ma and Zhong 2025, "Assessing and
/// improving reliability of neighbor embedding methods: a map-continuity perspective"). Of a map of rows with weights
/// (data/row_weights.hpp) it is the loss of one of the N points that they stand for, whose duplicates stay; a row of a
/// weight c below 1 moves as a whole, with c p_ij for p_ij, c phi_i for phi_i and phi_i(y) = phi(y) - c w(|y - y_i|^2),
/// in units of 2 c / N.
class LeaveOneOutLoss {
 public:
  /// `points` is N, `place` y_i, and `moving` c, else 1; the affinities are N p_ij, over the weight of the row.
  LeaveOneOutLoss(const FrozenField& field, const Kernel& kernel, double points, std::array<double, 3> place,
                  double moving = 1.0);

  [[nodiscard]] PointLoss at(const PointAffinities& affinities, const double* place) const;
  /// The same with what the field, the point itself included, is at the place.
  [[nodiscard]] PointLoss at(const PointAffinities& affinities, const double* place, FrozenField::Value phi) const;

 private:
  const FrozenField& field_;
  Kernel kernel_;
  double points_;
  double moving_;
  std::array<double, 3> own_;
  double potential_;
};

/// Not collective. The smallest eigenvalue of the first M rows and columns of a Hessian.
[[nodiscard]] double least_curvature(const PointLoss& loss, std::size_t dims);

/// Not collective. The weighted median of the neighbors' places along each dimension: where more than half of the
/// affinity lies, far neighbors don't matter.
[[nodiscard]] std::array<double, 3> weighted_median(const PointAffinities& affinities, std::size_t dims);

/// Where a loss is least, and how much it is there.
struct Minimum {
  std::array<double, 3> place{};
  double value = 0.0;
};

/// Not collective. The minimum of a loss in the range of the field that Newton's method with a damped Hessian
/// (Levenberg 1944; Marquardt 1963) comes to from `place`, steps of at most 2 map units, never uphill; ends when a step
/// is shorter than 1e-4 or after 60. A function of its arguments alone.
[[nodiscard]] Minimum settle(const FrozenField& field, const std::function<PointLoss(const double*)>& loss,
                             std::array<double, 3> place);
/// Not collective. The same for point_loss.
[[nodiscard]] std::array<double, 3> settle(const FrozenField& field, const Kernel& kernel, Method method, double points,
                                           const PointAffinities& affinities, std::array<double, 3> place);

}  // namespace distsne
