/// Plain gradient descent, and momentum with gains.
#include "distsne/embed/update.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "embed/combine.hpp"

namespace distsne {
namespace {

// A gain g becomes factor g + term: where the gradient goes with the last step, and where it goes against it.
constexpr std::array<double, 2> gain_factor{0.8, 1.0};
constexpr std::array<double, 2> gain_term{0.0, 0.2};
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
  for_ranges(gradient.size() / dims, [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first * dims; i < end * dims; ++i) {
      const auto velocity = static_cast<double>(state.velocity[i]);
      const auto gain = static_cast<double>(state.gains[i]);
      // No branches: which way a coordinate goes cannot be foreseen.
      const auto turned = static_cast<std::size_t>((gradient[i] > 0.0) != (velocity > 0.0));
      const double changed = std::max(gain * gain_factor[turned] + gain_term[turned], least_gain);
      state.gains[i] = static_cast<Real>(changed);
      state.velocity[i] = static_cast<Real>(phase.momentum * velocity - phase.learning_rate * changed * gradient[i]);
    }
    for (std::size_t i = first * dims; i < end * dims; i += dims) {
      double squared_step = 0.0;
      for (std::size_t m = i; m < i + dims; ++m) {
        squared_step += static_cast<double>(state.velocity[m]) * static_cast<double>(state.velocity[m]);
      }
      if (squared_step > longest_step * longest_step) {
        const auto shorten = static_cast<Real>(longest_step / std::sqrt(squared_step));
        for (std::size_t m = i; m < i + dims; ++m) {
          state.velocity[m] *= shorten;
        }
      }
      for (std::size_t m = i; m < i + dims; ++m) {
        map.values[m] += state.velocity[m];
      }
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
