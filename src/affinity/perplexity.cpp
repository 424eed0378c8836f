/// The perplexity search of one row: SIMD sums over the row, a safeguarded Newton iteration around them.
#include "affinity/perplexity.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "affinity/perplexity.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/simd-inl.hpp"

#ifndef DISTSNE_PERPLEXITY_SUMS
#define DISTSNE_PERPLEXITY_SUMS
namespace distsne {
/// Sums over a row with u = d - least distance, e = exp(-beta u): of e, u e and u^2 e.
struct PerplexitySums {
  double weight = 0.0;
  double first = 0.0;
  double second = 0.0;
};
/// Elements between two additions to the sums in double.
constexpr std::size_t perplexity_block = 1024;
}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {

/// Entries at the largest finite value stand for "no point here" and count nothing.
template <bool Weighted, class T>
PerplexitySums Sums(const T* row, const T* weights, std::size_t padded, double beta, double least) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const V shift = hn::Set(d, static_cast<T>(least));
  const V rate = hn::Set(d, static_cast<T>(beta));
  const V absent = hn::Set(d, hwy::HighestValue<T>());
  PerplexitySums sums;
  for (std::size_t begin = 0; begin < padded; begin += perplexity_block) {
    const std::size_t end = HWY_MIN(begin + perplexity_block, padded);
    V weight = hn::Zero(d);
    V first = hn::Zero(d);
    V second = hn::Zero(d);
    for (std::size_t j = begin; j < end; j += hn::Lanes(d)) {
      const V distance = hn::LoadU(d, row + j);
      const V u = hn::IfThenElseZero(hn::Lt(distance, absent), hn::Sub(distance, shift));
      V e = hn::IfThenElseZero(hn::Lt(distance, absent), ExpOfMinus(d, hn::Mul(u, rate)));
      if constexpr (Weighted) {
        e = hn::Mul(e, hn::LoadU(d, weights + j));
      }
      const V ue = hn::Mul(u, e);
      weight = hn::Add(weight, e);
      first = hn::Add(first, ue);
      second = hn::MulAdd(ue, u, second);
    }
    sums.weight = AddLanes(d, weight, sums.weight);
    sums.first = AddLanes(d, first, sums.first);
    sums.second = AddLanes(d, second, sums.second);
  }
  return sums;
}

template <bool Weighted, class T>
void Normalize(T* row, const T* weights, std::size_t padded, double beta, double least, double weight) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const V shift = hn::Set(d, static_cast<T>(least));
  const V rate = hn::Set(d, static_cast<T>(beta));
  const V absent = hn::Set(d, hwy::HighestValue<T>());
  const V inverse = hn::Set(d, static_cast<T>(1.0 / weight));
  for (std::size_t j = 0; j < padded; j += hn::Lanes(d)) {
    const V distance = hn::LoadU(d, row + j);
    V e = ExpOfMinus(d, hn::Mul(hn::Sub(distance, shift), rate));
    if constexpr (Weighted) {
      e = hn::Mul(e, hn::LoadU(d, weights + j));
    }
    hn::StoreU(hn::IfThenElseZero(hn::Lt(distance, absent), hn::Mul(e, inverse)), d, row + j);
  }
}

template <class T>
PerplexitySums SumsOfAny(const T* row, const T* weights, std::size_t padded, double beta, double least) {
  return weights == nullptr ? Sums<false>(row, weights, padded, beta, least)
                            : Sums<true>(row, weights, padded, beta, least);
}
template <class T>
void NormalizeAny(T* row, const T* weights, std::size_t padded, double beta, double least, double weight) {
  weights == nullptr ? Normalize<false>(row, weights, padded, beta, least, weight)
                     : Normalize<true>(row, weights, padded, beta, least, weight);
}

PerplexitySums SumsFloat(const float* row, const float* weights, std::size_t padded, double beta, double least) {
  return SumsOfAny(row, weights, padded, beta, least);
}
PerplexitySums SumsDouble(const double* row, const double* weights, std::size_t padded, double beta, double least) {
  return SumsOfAny(row, weights, padded, beta, least);
}
void NormalizeFloat(float* row, const float* weights, std::size_t padded, double beta, double least, double weight) {
  NormalizeAny(row, weights, padded, beta, least, weight);
}
void NormalizeDouble(double* row, const double* weights, std::size_t padded, double beta, double least, double weight) {
  NormalizeAny(row, weights, padded, beta, least, weight);
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cmath>
#include <limits>

namespace distsne {
namespace {

HWY_EXPORT(SumsFloat);
HWY_EXPORT(SumsDouble);
HWY_EXPORT(NormalizeFloat);
HWY_EXPORT(NormalizeDouble);

PerplexitySums sums(std::span<const float> row, const float* weights, double beta, double least) {
  return HWY_DYNAMIC_DISPATCH(SumsFloat)(row.data(), weights, row.size(), beta, least);
}
PerplexitySums sums(std::span<const double> row, const double* weights, double beta, double least) {
  return HWY_DYNAMIC_DISPATCH(SumsDouble)(row.data(), weights, row.size(), beta, least);
}
void normalize(std::span<float> row, const float* weights, double beta, double least, double weight) {
  HWY_DYNAMIC_DISPATCH(NormalizeFloat)(row.data(), weights, row.size(), beta, least, weight);
}
void normalize(std::span<double> row, const double* weights, double beta, double least, double weight) {
  HWY_DYNAMIC_DISPATCH(NormalizeDouble)(row.data(), weights, row.size(), beta, least, weight);
}

double entropy_of(const PerplexitySums& s, double beta) { return std::log(s.weight) + beta * s.first / s.weight; }

/// How many points are at the least distance.
template <class Real>
double ties_of(std::span<const Real> row, Real least, std::span<const Real> weights) {
  if (weights.empty()) {
    return static_cast<double>(std::count(row.begin(), row.end(), least));
  }
  double ties = 0.0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    ties += row[j] == least ? static_cast<double>(weights[j]) : 0.0;
  }
  return ties;
}

/// The affinities where `ties` points are equally near and no others count.
template <class Real>
void uniform_over_ties(std::span<Real> row, Real least, double ties, double log_perplexity,
                       std::span<const Real> weights, PerplexityRow& result) {
  const auto share = static_cast<Real>(1.0 / ties);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = row[j] != least ? Real{0} : weights.empty() ? share : share * weights[j];
  }
  result.beta = std::numeric_limits<double>::infinity();
  result.entropy = std::log(ties);
  result.met = std::abs(result.entropy - log_perplexity) <= perplexity_tolerance;
}

}  // namespace

template <class Real>
PerplexityRow perplexity_row(std::span<Real> row, std::size_t columns, std::size_t self, double perplexity,
                             std::span<const Real> weights) {
  constexpr Real absent = std::numeric_limits<Real>::max();
  const double target = std::log(perplexity);
  row[self] = absent;
  std::fill(row.begin() + static_cast<std::ptrdiff_t>(columns), row.end(), absent);

  Real least = absent;
  for (const Real distance : row) {
    least = std::min(least, distance);
  }
  const double ties = ties_of(std::span<const Real>(row), least, weights);
  PerplexityRow result;
  result.apart = least > Real{0};
  if (target <= std::log(ties) + perplexity_tolerance) {
    uniform_over_ties(row, least, ties, target, weights, result);
    return result;
  }

  // The entropy falls as beta rises, from that of all points alike at 0, log(columns - 1) or the log of their weight,
  // to log(ties) at infinity.
  const Real* const weight = weights.empty() ? nullptr : weights.data();
  const PerplexitySums alike = sums(row, weight, 0.0, static_cast<double>(least));
  if (weight != nullptr && target > std::log(alike.weight) - perplexity_tolerance) {
    result.light = true;
    result.entropy = std::log(alike.weight);
    normalize(row, weight, 0.0, static_cast<double>(least), alike.weight);
    return result;
  }
  const double mean = alike.first / (weight != nullptr ? alike.weight : static_cast<double>(columns - 1));
  double log_beta = -std::log(mean);
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  PerplexitySums s;
  for (int iteration = 0; iteration < 200; ++iteration) {
    result.beta = std::exp(log_beta);
    s = sums(row, weight, result.beta, static_cast<double>(least));
    result.entropy = entropy_of(s, result.beta);
    const double excess = result.entropy - target;
    if (std::abs(excess) <= perplexity_tolerance) {
      break;
    }
    (excess > 0.0 ? low : high) = log_beta;
    const double average = s.first / s.weight;
    const double slope = -result.beta * result.beta * (s.second / s.weight - average * average);
    double next = log_beta - std::clamp(excess / slope, -4.0, 4.0);
    if (!(next > low && next < high)) {  // also when the slope vanished: then the row is far from the solution
      next = std::isinf(high) ? log_beta + 2.0 : std::isinf(low) ? log_beta - 2.0 : 0.5 * (low + high);
    }
    if (next == log_beta) {
      break;  // the bracket is down to neighboring numbers
    }
    log_beta = next;
  }
  result.met = std::abs(result.entropy - target) <= 10.0 * perplexity_tolerance;
  normalize(row, weight, result.beta, static_cast<double>(least), s.weight);
  return result;
}

template PerplexityRow perplexity_row(std::span<float>, std::size_t, std::size_t, double, std::span<const float>);
template PerplexityRow perplexity_row(std::span<double>, std::size_t, std::size_t, double, std::span<const double>);

}  // namespace distsne
#endif
