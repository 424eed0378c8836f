/// Rows of every kind of affinity.
#include "affinity/row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace distsne {
namespace {

/// -sum p log p; of weighted entries -sum p log(p / w).
template <class Real>
double entropy(std::span<const Real> row, std::span<const Real> weights) {
  double sum = 0.0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (row[j] > Real{0}) {
      const auto p = static_cast<double>(row[j]);
      sum -= p * std::log(weights.empty() ? p : p / static_cast<double>(weights[j]));
    }
  }
  return sum;
}

template <class Real>
PerplexityRow uniform_row(std::span<Real> row, std::size_t columns, std::size_t self, std::span<const Real> weights) {
  PerplexityRow result;
  if (!weights.empty()) {
    double total = 0.0;
    for (std::size_t j = 0; j < columns; ++j) {
      total += j == self ? 0.0 : static_cast<double>(weights[j]);
    }
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] = j == self || j >= columns ? Real{0} : static_cast<Real>(static_cast<double>(weights[j]) / total);
    }
    result.entropy = std::log(total);
    return result;
  }
  const std::size_t others = columns - (self < columns ? 1 : 0);
  std::fill(row.begin(), row.end(), Real{0});
  std::fill(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(columns),
            static_cast<Real>(1.0 / static_cast<double>(others)));
  row[self] = Real{0};
  result.entropy = std::log(static_cast<double>(others));
  return result;
}

template <class Real>
PerplexityRow sigma_row(std::span<Real> row, std::size_t columns, std::size_t self, double beta,
                        std::span<const Real> weights) {
  Real least = std::numeric_limits<Real>::max();
  for (std::size_t j = 0; j < columns; ++j) {
    least = j == self ? least : std::min(least, row[j]);
  }
  double total = 0.0;
  for (std::size_t j = 0; j < columns; ++j) {
    const double shifted = static_cast<double>(row[j]) - static_cast<double>(least);
    // The nearest count 1 however narrow the Gaussian: beta may be infinite.
    const double weight =
        (shifted > 0.0 ? std::exp(-beta * shifted) : 1.0) * (weights.empty() ? 1.0 : static_cast<double>(weights[j]));
    row[j] = j == self ? Real{0} : static_cast<Real>(weight);
    total += static_cast<double>(row[j]);
  }
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j < columns ? static_cast<Real>(static_cast<double>(row[j]) / total) : Real{0};
  }
  PerplexityRow result;
  result.beta = beta;
  result.entropy = entropy(std::span<const Real>(row), weights);
  return result;
}

/// The average of the affinities of several perplexities.
template <class Real>
PerplexityRow averaged_row(std::span<Real> row, std::size_t columns, std::size_t self,
                           std::span<const double> perplexities, AlignedVector<Real>& scratch,
                           std::span<const Real> weights) {
  const std::size_t width = row.size();
  scratch.assign(2 * width, Real{0});
  const std::span<Real> sum(scratch.data(), width);
  const std::span<Real> one(scratch.data() + width, width);
  PerplexityRow result;
  for (const double perplexity : perplexities) {
    std::copy(row.begin(), row.end(), one.begin());
    const PerplexityRow found = perplexity_row(one, columns, self, perplexity, weights);
    result.met &= found.met;
    result.light |= found.light;
    result.apart = found.apart;
    for (std::size_t j = 0; j < width; ++j) {
      sum[j] += one[j];
    }
  }
  const auto share = static_cast<Real>(1.0 / static_cast<double>(perplexities.size()));
  for (std::size_t j = 0; j < width; ++j) {
    row[j] = sum[j] * share;
  }
  result.entropy = entropy(std::span<const Real>(row), weights);
  return result;
}

}  // namespace

template <class Real>
PerplexityRow affinity_row(std::span<Real> row, std::size_t columns, std::size_t self, const AffinityOptions& options,
                           double squared_unit, AlignedVector<Real>& scratch, std::span<const Real> weights) {
  switch (options.kind) {
    case AffinityKind::uniform:
      return uniform_row(row, columns, self, weights);
    case AffinityKind::sigma:
      return sigma_row(row, columns, self, 0.5 * squared_unit / (options.sigma * options.sigma), weights);
    case AffinityKind::perplexity:
    case AffinityKind::given:  // has no distances to begin from
      break;
  }
  if (options.perplexities.size() == 1) {
    return perplexity_row(row, columns, self, options.perplexities.front(), weights);
  }
  return averaged_row(row, columns, self, std::span<const double>(options.perplexities), scratch, weights);
}

template PerplexityRow affinity_row(std::span<float>, std::size_t, std::size_t, const AffinityOptions&, double,
                                    AlignedVector<float>&, std::span<const float>);
template PerplexityRow affinity_row(std::span<double>, std::size_t, std::size_t, const AffinityOptions&, double,
                                    AlignedVector<double>&, std::span<const double>);

}  // namespace distsne
