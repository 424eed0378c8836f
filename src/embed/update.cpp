/// Plain gradient descent, and momentum with gains.
#include "distsne/embed/update.hpp"

#include <algorithm>
#include <cmath>

#include "embed/combine.hpp"

namespace distsne {
namespace {

constexpr double gain_increase = 0.2;
constexpr double gain_decrease = 0.8;
constexpr double least_gain = 0.01;

template <class Real>
void descend(std::span<const double> gradient, double learning_rate, Embedding<Real>& map) {
  for_ranges(gradient.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      map.values[i] = static_cast<Real>(static_cast<double>(map.values[i]) - learning_rate * gradient[i]);
    }
  });
}

template <class Real>
void descend_with_gains(std::span<const double> gradient, const Phase& phase, OptimizerState<Real>& state,
                        Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const auto move_point = [&](std::size_t begin) {
    double squared_step = 0.0;
    for (std::size_t i = begin; i < begin + dims; ++i) {
      const auto velocity = static_cast<double>(state.velocity[i]);
      auto gain = static_cast<double>(state.gains[i]);
      gain = (gradient[i] > 0.0) != (velocity > 0.0) ? gain + gain_increase : gain * gain_decrease;
      gain = std::max(gain, least_gain);
      const double step = phase.momentum * velocity - phase.learning_rate * gain * gradient[i];
      state.gains[i] = static_cast<Real>(gain);
      state.velocity[i] = static_cast<Real>(step);
      squared_step += step * step;
    }
    const double shorten = squared_step > longest_step * longest_step ? longest_step / std::sqrt(squared_step) : 1.0;
    for (std::size_t i = begin; i < begin + dims; ++i) {
      state.velocity[i] = static_cast<Real>(static_cast<double>(state.velocity[i]) * shorten);
      map.values[i] += state.velocity[i];
    }
  };
  for_ranges(gradient.size() / dims, [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      move_point(i * dims);
    }
  });
}

}  // namespace

template <class Real>
void update(std::span<const double> gradient, const Phase& phase, Optimizer optimizer, OptimizerState<Real>& state,
            Embedding<Real>& map) {
  if (optimizer == Optimizer::gd) {
    descend(gradient, phase.learning_rate, map);
  } else {
    descend_with_gains(gradient, phase, state, map);
  }
}

template void update(std::span<const double>, const Phase&, Optimizer, OptimizerState<float>&, Embedding<float>&);
template void update(std::span<const double>, const Phase&, Optimizer, OptimizerState<double>&, Embedding<double>&);

}  // namespace distsne
