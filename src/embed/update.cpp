/// Plain gradient descent, and momentum with gains, also in Nesterov's form.
#include "embed/update.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

/// Shortens a step of `dims` coordinates that is too long.
template <class Real>
void shorten(Real* step, std::size_t dims) {
  double squared = 0.0;
  for (std::size_t m = 0; m < dims; ++m) {
    squared += static_cast<double>(step[m]) * static_cast<double>(step[m]);
  }
  if (squared > longest_step * longest_step) {
    const auto factor = static_cast<Real>(longest_step / std::sqrt(squared));
    for (std::size_t m = 0; m < dims; ++m) {
      step[m] *= factor;
    }
  }
}

template <bool Ahead, class Real>
void descend_with_gains(std::span<const double> gradient, const Step& step, OptimizerState<Real>& state,
                        Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const double largest_gain = Ahead ? most_gain : std::numeric_limits<double>::infinity();
  for_ranges(gradient.size() / dims, [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first * dims; i < end * dims; ++i) {
      const auto velocity = static_cast<double>(state.velocity[i]);
      const auto gain = static_cast<double>(state.gains[i]);
      // No branches: which way a coordinate goes cannot be foreseen.
      const auto turned = static_cast<std::size_t>((gradient[i] > 0.0) != (velocity > 0.0));
      const double changed =
          std::min(std::max(gain * gain_factor[turned] + gain_term[turned], least_gain), largest_gain);
      state.gains[i] = static_cast<Real>(changed);
      state.velocity[i] = static_cast<Real>(step.momentum * velocity - step.learning_rate * changed * gradient[i]);
    }
    for (std::size_t i = first * dims; i < end * dims; i += dims) {
      shorten(&state.velocity[i], dims);
      std::array<Real, 3> move{};
      for (std::size_t m = 0; m < dims; ++m) {
        move[m] = state.velocity[i + m];
        if constexpr (Ahead) {
          move[m] = static_cast<Real>(step.momentum * static_cast<double>(move[m]) -
                                      step.learning_rate * static_cast<double>(state.gains[i + m]) * gradient[i + m]);
        }
      }
      if constexpr (Ahead) {
        shorten(move.data(), dims);
      }
      for (std::size_t m = 0; m < dims; ++m) {
        map.values[i + m] += move[m];
      }
    }
  });
}

}  // namespace

template <class Real>
void update(std::span<const double> gradient, const Step& step, Optimizer optimizer, OptimizerState<Real>& state,
            Embedding<Real>& map) {
  switch (optimizer) {
    case Optimizer::gd:
      return descend(gradient, step.learning_rate, map);
    case Optimizer::gains:
      return descend_with_gains<false>(gradient, step, state, map);
    case Optimizer::nesterov:
      return descend_with_gains<true>(gradient, step, state, map);
  }
}

template void update(std::span<const double>, const Step&, Optimizer, OptimizerState<float>&, Embedding<float>&);
template void update(std::span<const double>, const Step&, Optimizer, OptimizerState<double>&, Embedding<double>&);

}  // namespace distsne
