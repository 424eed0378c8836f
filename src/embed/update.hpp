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
/// The largest gain of a coordinate with Optimizer::nesterov, so that no point is flung out alone.
inline constexpr double most_gain = 4.0;

/// Not collective. Optimizer::gd: y <- y - eta dC/dy.
/// Optimizer::gains: momentum with per-coordinate gains (Jacobs 1988; van der Maaten and Hinton 2008, algorithm 1 and
/// section 3.4): + 0.2 where gradient and velocity point against each other, x 0.8 where they agree, at least 0.01;
/// steps longer than longest_step are shortened.
/// Optimizer::nesterov: the same velocity and gains, at most most_gain, but the gradient is that at the place where the
/// momentum leads (Nesterov 1983, in the form of Sutskever and others 2013, eq. 7; the map is that place, as in Bengio
/// and others 2013, eq. 7): y <- y + momentum v' - eta gain dC/dy, v' the new velocity.
template <class Real>
void update(std::span<const double> gradient, const Step& step, Optimizer optimizer, OptimizerState<Real>& state,
            Embedding<Real>& map);

extern template void update(std::span<const double>, const Step&, Optimizer, OptimizerState<float>&, Embedding<float>&);
extern template void update(std::span<const double>, const Step&, Optimizer, OptimizerState<double>&,
                            Embedding<double>&);

}  // namespace distsne
