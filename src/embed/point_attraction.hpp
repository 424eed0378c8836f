/// What pulls one point, and how it changes with its place.
#pragma once

#include <array>
#include <span>

#include "field/kernel.hpp"

namespace distsne {

/// What a point has to do with the points of a map.
struct PointAffinities {
  std::span<const double> p;      ///< affinities to its neighbors
  std::span<const float> places;  ///< of the neighbors: count x M, row-major
};

/// A point's loss and its derivatives.
struct PointLoss {
  double value = 0.0;
  std::array<double, 3> gradient{};
  std::array<std::array<double, 3>, 3> hessian{};
};

/// Not collective. sum_j p_j e(|y - y_j|^2), e = -log w, and its derivatives by the M coordinates of `place`, y. Sums
/// over j in as many partial sums as a vector has lanes: a function of its arguments and the instruction set.
[[nodiscard]] PointLoss point_attraction(const Kernel& kernel, const PointAffinities& affinities, const double* place,
                                         std::size_t dims);

}  // namespace distsne
