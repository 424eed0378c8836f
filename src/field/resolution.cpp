/// Measured errors of the force for steps and orders, and interpolation between them.
#include "field/resolution.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "field/grid_field.hpp"

namespace distsne {
namespace {

/// Relative root mean square error of the force, clustered points over a square 40 wide, the worse of the Student
/// kernel with tails 1 and 0.5 and of the Gaussian; measured with tests/bench/bench_grid.
struct Measured {
  double step;
  double cubic;
  double quintic;
};
constexpr std::array<Measured, 8> measured{{{1.0, 1.2e-1, 6.9e-2},
                                            {0.75, 4.3e-2, 2.4e-2},
                                            {0.6, 1.8e-2, 1.1e-2},
                                            {0.5, 9.8e-3, 5.9e-3},
                                            {1.0 / 3.0, 2.6e-3, 1.1e-3},
                                            {0.25, 8.7e-4, 2.1e-4},
                                            {1.0 / 6.0, 2.0e-4, 2.5e-5},
                                            {0.125, 6.5e-5, 4.0e-6}}};

double step_for(double accuracy, double Measured::*error) {
  const Measured* coarse = measured.data();
  if (accuracy >= coarse->*error) {
    return coarse->step;
  }
  const auto fine = std::find_if(measured.begin() + 1, measured.end() - 1,
                                 [&](const Measured& entry) { return entry.*error <= accuracy; });
  coarse = &*(fine - 1);
  // Between two entries, and below the last, the error goes as a power of the step.
  const double power = std::log((*coarse).*error / (*fine).*error) / std::log(coarse->step / fine->step);
  return fine->step * std::pow(accuracy / ((*fine).*error), 1.0 / power);
}

}  // namespace

GridResolution resolution_for(const Kernel& kernel, double accuracy) {
  // A heavier tail than those measured is sharper near the point itself.
  const bool sharp = kernel.shape == KernelShape::student_t && kernel.tail < 0.5;
  const double sharpness = sharp ? std::sqrt(2.0 * kernel.tail) : 1.0;
  const double cubic = step_for(accuracy, &Measured::cubic);
  const double quintic = step_for(accuracy, &Measured::quintic);
  constexpr double worth = 1.4;  // steps so much longer make up for twice the nodes of a stencil
  const bool is_quintic = quintic > worth * cubic;
  // The poles of the transforms (Unser 1999, table 1); forces are compared with at least 1e-4 of the potential.
  const double pole = is_quintic ? 0.4306 : 0.2679;
  const int margin = wide_grid(accuracy) ? static_cast<int>(std::ceil(std::log(1e-4 * accuracy) / std::log(pole))) : 0;
  return {is_quintic ? 6 : 4, (is_quintic ? quintic : cubic) * sharpness, margin};
}

double spline_transform(int order, LocalIndex f, LocalIndex n) {
  const double angle = 2.0 * std::numbers::pi * f / n;
  return order == 4 ? (4.0 + 2.0 * std::cos(angle)) / 6.0
                    : (66.0 + 52.0 * std::cos(angle) + 2.0 * std::cos(2.0 * angle)) / 120.0;
}

}  // namespace distsne
