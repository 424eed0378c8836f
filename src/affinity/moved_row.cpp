/// A row's own affinities by the search for its perplexity, those of others by their Gaussians.
#include "affinity/moved_row.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "affinity/row.hpp"
#include "data/row_weights.hpp"

namespace distsne {
namespace {

constexpr std::size_t lanes = 16;  // rows are padded to whole vectors

/// exp(-beta (squared - nearest)), also of an infinitely narrow Gaussian, and never infinite.
double gaussian(double beta, double squared, double nearest) {
  const double excess = squared - nearest;
  return excess == 0.0 ? 1.0 : std::exp(std::clamp(-beta * excess, -745.0, 700.0));
}

/// p_i|j of a point of row j for the moved point i, which takes the place of i in the sum of j, over how much of a
/// point that is.
double seen_by(const MovedRow::Other& other, double moving, std::size_t components) {
  const double farthest = other.description[0];
  const double nearest = other.description[1];
  if (other.after > farthest) {
    return 0.0;
  }
  double sum = 0.0;
  for (std::size_t c = 0; c < components; ++c) {
    const double beta = other.description[2 + 2 * c];
    const double at_nearest = other.description[3 + 2 * c];
    const double now = at_nearest * gaussian(beta, other.after, nearest);
    const double before = other.before <= farthest ? at_nearest * gaussian(beta, other.before, nearest) : 0.0;
    const double total = std::max(0.0, 1.0 - moving * before) + moving * now;
    sum += total > 0.0 ? now / total : 1.0;
  }
  return sum / static_cast<double>(components);
}

}  // namespace

MovedRow::MovedRow(const AffinityOptions& options, LocalIndex k, bool weighted)
    : options_(options), k_(static_cast<std::size_t>(k)), weighted_(weighted) {
  if (options.kind == AffinityKind::perplexity) {
    for (const double perplexity : options.perplexities) {
      components_.push_back(options);
      components_.back().perplexities = {perplexity};
    }
  } else {
    components_.push_back(options);
  }
}

void MovedRow::describe(std::span<const float> distances, double weight, std::span<const double> weights,
                        std::span<double> description) {
  const double duplicates = weighted_ ? duplicates_of(weight) : 0.0;
  const std::size_t count = k_ + (duplicates > 0.0 ? 1 : 0);
  const auto farthest = static_cast<double>(distances.back());
  const double nearest = duplicates > 0.0 ? 0.0 : static_cast<double>(distances.front());
  description[0] = farthest * farthest;
  description[1] = nearest * nearest;
  for (std::size_t c = 0; c < components_.size(); ++c) {
    values_.assign(round_up(count + 1, lanes), 0.0);
    for (std::size_t n = 0; n < k_; ++n) {
      const double relative = farthest > 0.0 ? static_cast<double>(distances[n]) / farthest : 0.0;
      values_[n] = relative * relative;
    }
    if (weighted_) {
      weights_.assign(values_.size(), 0.0);
      std::copy(weights.begin(), weights.end(), weights_.begin());
      weights_[k_] = duplicates;
    }
    const double squared_unit = farthest > 0.0 ? farthest * farthest : 1.0;
    const PerplexityRow found = affinity_row(std::span<double>(values_), count, count, components_[c], squared_unit,
                                             scratch_, std::span<const double>(weights_));
    description[2 + 2 * c] = found.beta / squared_unit;
    const std::size_t first = duplicates > 0.0 ? k_ : 0;
    description[3 + 2 * c] = weighted_ ? values_[first] / weights_[first] : values_[first];
  }
}

void MovedRow::affinities(std::span<const Other> others, double moving, bool duplicates, std::span<double> q) {
  const std::size_t count = k_ + (duplicates ? 1 : 0);
  order_.resize(others.size());
  std::iota(order_.begin(), order_.end(), 0U);
  const auto nearer = [&](std::uint32_t a, std::uint32_t b) {
    return others[a].after == others[b].after ? a < b : others[a].after < others[b].after;
  };
  if (count < others.size()) {
    std::nth_element(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(count), order_.end(), nearer);
    order_.resize(count);
  }
  double unit = 0.0;
  for (const std::uint32_t n : order_) {
    unit = std::max(unit, others[n].after);
  }
  values_.assign(round_up(count + 1, lanes), 0.0);
  weights_.assign(weighted_ ? values_.size() : 0, 0.0);
  for (std::size_t n = 0; n < count; ++n) {
    values_[n] = unit > 0.0 ? others[order_[n]].after / unit : 0.0;
    if (weighted_) {
      weights_[n] = others[order_[n]].weight;
    }
  }
  affinity_row(std::span<double>(values_), count, count, options_, unit, scratch_, std::span<const double>(weights_));
  for (std::size_t n = 0; n < others.size(); ++n) {
    const bool itself = duplicates && n + 1 == others.size();
    const double part = itself ? std::min(1.0, others[n].weight) : moving;
    q[n] = 0.5 * others[n].weight * seen_by(others[n], part, components_.size());
  }
  for (std::size_t n = 0; n < count; ++n) {
    q[order_[n]] += 0.5 * values_[n];
  }
}

}  // namespace distsne
