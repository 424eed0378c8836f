/// One step of the points of a rank along their gradient.
#pragma once

#include <span>

#include "distsne/data/matrix.hpp"
#include "distsne/embed/schedule.hpp"

namespace distsne {

/// What the update rule remembers of a coordinate, for the rows of this rank: n x M each.
template <class Real>
struct OptimizerState {
  AlignedVector<Real> velocity;
  AlignedVector<Real> gains;

  explicit OptimizerState(std::size_t coordinates) : velocity(coordinates, Real{0}), gains(coordinates, Real{1}) {}
};

/// The longest step of a point in one iteration, in map units; longer ones are shortened to it.
inline constexpr double longest_step = 5.0;

/// Not collective. Optimizer::gd: y <- y - eta dC/dy.
/// Optimizer::gains: momentum with per-coordinate gains (Jacobs 1988; van der Maaten and Hinton 2008, algorithm 1 and
/// section 3.4): + 0.2 where gradient and velocity point against each other, x 0.8 where they agree, at least 0.01;
/// steps longer than longest_step are shortened.
template <class Real>
void update(std::span<const double> gradient, const Phase& phase, Optimizer optimizer, OptimizerState<Real>& state,
            Embedding<Real>& map);

extern template void update(std::span<const double>, const Phase&, Optimizer, OptimizerState<float>&,
                            Embedding<float>&);
extern template void update(std::span<const double>, const Phase&, Optimizer, OptimizerState<double>&,
                            Embedding<double>&);

}  // namespace distsne
