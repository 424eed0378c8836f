/// The kernels w(d^2) of the map space.
#pragma once

#include <array>
#include <cmath>

namespace distsne {

enum class KernelShape { student_t, gaussian };

/// w(d^2): Student t, (1 + d^2/a)^-a with tail a (van der Maaten 2009, with nu = 2a - 1 degrees of freedom and map
/// lengths in units that make a = 1 the kernel of van der Maaten and Hinton 2008, eq. 4), or Gaussian, exp(-d^2)
/// (Hinton and Roweis 2002, eq. 4).
struct Kernel {
  KernelShape shape = KernelShape::student_t;
  double tail = 1.0;  ///< a > 0; heavier tails below 1; of no effect on the Gaussian

  [[nodiscard]] double weight(double squared_distance) const {
    return shape == KernelShape::gaussian ? std::exp(-squared_distance)
                                          : std::exp(-tail * std::log1p(squared_distance / tail));
  }
  /// -w'/w: the factor of the attraction.
  [[nodiscard]] double stiffness(double squared_distance) const {
    return shape == KernelShape::gaussian ? 1.0 : 1.0 / (1.0 + squared_distance / tail);
  }
  /// -log w.
  [[nodiscard]] double energy(double squared_distance) const {
    return shape == KernelShape::gaussian ? squared_distance : tail * std::log1p(squared_distance / tail);
  }
  /// w'/w and w''/w.
  [[nodiscard]] std::array<double, 2> derivatives(double squared_distance) const {
    const double slope = -stiffness(squared_distance);
    return {slope, shape == KernelShape::gaussian ? 1.0 : slope * slope * (1.0 + 1.0 / tail)};
  }
};

}  // namespace distsne
