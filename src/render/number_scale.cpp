/// Linear, logarithmic and ranked scales.
#include "render/number_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace distsne {
namespace {

constexpr int most_ticks = 6;
constexpr std::size_t quantile_steps = 256;
constexpr double unbalanced = 0.12;  // share of the range on one side of the median, from which a scale is skewed

bool is_skewed(double share) { return share < unbalanced || share > 1.0 - unbalanced; }

/// Values at equal steps of their rank; `sorted` is not empty.
std::vector<double> quantiles_of(const std::vector<double>& sorted) {
  std::vector<double> values;
  for (std::size_t i = 0; i <= quantile_steps; ++i) {
    values.push_back(sorted[i * (sorted.size() - 1) / quantile_steps]);
  }
  return values;
}

/// In three digits, without an exponent where it is not needed.
std::string plain_number(double number) {
  const bool large = std::abs(number) >= 100.0 && std::abs(number) < 1e6;
  return large ? fmt::format("{:.0f}", number) : fmt::format("{:.3g}", number);
}

}  // namespace

NumberScale NumberScale::fit(std::vector<double> numbers, ScaleKind kind, const std::optional<Range>& range) {
  NumberScale scale;
  scale.range_ = range ? *range : fit_range(numbers);
  std::sort(numbers.begin(), numbers.end());
  const double median = numbers[numbers.size() / 2];
  const auto positive = std::upper_bound(numbers.begin(), numbers.end(), 0.0);
  scale.kind_ = kind == ScaleKind::automatic ? ScaleKind::linear : kind;
  scale.quantiles_ = quantiles_of(numbers);
  const auto make_logarithmic = [&] {
    if (positive == numbers.end()) {
      return false;
    }
    // Without extreme logarithms either: a single tiny number is no reason for a long empty end.
    std::vector<double> logs(static_cast<std::size_t>(numbers.end() - positive));
    std::transform(positive, numbers.end(), logs.begin(), [](double x) { return std::log(x); });
    const Range fitted = fit_range(logs);
    scale.kind_ = ScaleKind::logarithmic;
    scale.range_ = range && range->low > 0.0 ? *range : Range{std::exp(fitted.low), std::exp(fitted.high)};
    return true;
  };
  if (kind == ScaleKind::logarithmic) {
    scale.kind_ = make_logarithmic() ? ScaleKind::logarithmic : ScaleKind::linear;
  } else if (kind == ScaleKind::automatic && scale.range_.width() > 0.0 && is_skewed(scale.share(median))) {
    const Range linear = scale.range_;
    const bool all_positive = positive == numbers.begin();
    if (!all_positive || !make_logarithmic() || is_skewed(scale.share(median))) {
      scale.range_ = linear;
      scale.kind_ = ScaleKind::percentile;
    }
  }
  if (scale.kind_ == ScaleKind::percentile) {
    scale.range_ = {numbers.front(), numbers.back()};
  }
  return scale;
}

double NumberScale::share(double number) const {
  if (range_.width() <= 0.0) {
    return 0.5;
  }
  double share = 0.0;
  switch (kind_) {
    case ScaleKind::logarithmic:
      share = number > 0.0 ? std::log(number / range_.low) / std::log(range_.high / range_.low) : 0.0;
      break;
    case ScaleKind::percentile: {
      // The middle of the steps that have this value, so that ties get one color that suits all of them.
      const auto [low, high] = std::equal_range(quantiles_.begin(), quantiles_.end(), number);
      const auto place = static_cast<double>((low - quantiles_.begin()) + (high - quantiles_.begin())) / 2.0;
      const bool lowest = low == quantiles_.begin();
      share = lowest ? 0.0 : place / static_cast<double>(quantiles_.size());
      break;
    }
    default:
      share = (number - range_.low) / range_.width();
  }
  return std::clamp(share, 0.0, 1.0);
}

std::vector<NumberScale::Tick> NumberScale::ticks(double least_distance, bool lower, bool higher) const {
  if (range_.width() <= 0.0) {
    return {{0.5, fmt::format("{:.4g}", range_.low)}};
  }
  std::vector<double> numbers = round_numbers(range_, most_ticks);
  const double step = numbers.size() > 1 ? numbers[1] - numbers[0] : range_.width();
  if (kind_ == ScaleKind::logarithmic) {
    numbers.clear();
    const double decades = std::log10(range_.high / range_.low);
    const std::vector<double> factors = decades > 2.5 ? std::vector{1.0} : std::vector{1.0, 2.0, 5.0};
    for (double power = std::pow(10.0, std::floor(std::log10(range_.low))); power <= range_.high; power *= 10.0) {
      std::transform(factors.begin(), factors.end(), std::back_inserter(numbers),
                     [power](double factor) { return factor * power; });
    }
    std::erase_if(numbers, [this](double x) { return x < range_.low * (1 - 1e-9) || x > range_.high * (1 + 1e-9); });
  } else if (kind_ == ScaleKind::percentile) {
    numbers.clear();
    for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      numbers.push_back(quantiles_[static_cast<std::size_t>(part * quantile_steps)]);
    }
  }
  std::vector<Tick> ends;
  if (lower) {
    ends.push_back({0.0, "\xE2\x89\xA4 " + plain_number(range_.low)});
  }
  if (higher) {
    ends.push_back({1.0, "\xE2\x89\xA5 " + plain_number(range_.high)});
  }
  std::vector<Tick> result = ends;
  for (const double number : numbers) {
    const double place = share(number);
    const bool free = std::all_of(result.begin(), result.end(),
                                  [&](const Tick& other) { return std::abs(place - other.share) >= least_distance; });
    if (free) {
      result.push_back({place, kind_ == ScaleKind::linear ? short_number(number, step) : plain_number(number)});
    }
  }
  std::sort(result.begin(), result.end(), [](const Tick& a, const Tick& b) { return a.share < b.share; });
  return result;
}

std::vector<double> round_numbers(const Range& range, int most) {
  const double least = range.width() / most;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  double step = 10.0 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    step = factor * power >= least ? factor * power : step;
  }
  const double first = std::ceil(range.low / step - 1e-9);
  const double count = std::clamp(std::floor(range.high / step + 1e-9) - first + 1.0, 0.0, 2.0 * most);
  std::vector<double> numbers(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    numbers[k] = (first + static_cast<double>(k)) * step;
  }
  return numbers;
}

std::string short_number(double number, double step) {
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const bool fixed = std::abs(number) < 1e6 && decimals <= 4;
  return fixed ? fmt::format("{:.{}f}", number + 0.0, decimals) : fmt::format("{:.4g}", number);
}

}  // namespace distsne
