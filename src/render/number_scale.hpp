/// From numbers to shares of a color map, and the ticks that explain them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "render/view.hpp"

namespace distsne {

enum class ScaleKind {
  automatic,  ///< linear; logarithmic where that would leave half of the numbers at one end; else by percentile
  linear,
  logarithmic,  ///< numbers that are not positive have the lowest color
  percentile    ///< share of the numbers below; equal numbers of points for each color
};

class NumberScale {
 public:
  /// Of finite numbers, at least one. Without a range, that of the numbers without extreme ones (fit_range). Where a
  /// logarithmic scale is asked for and no number is positive, it is linear.
  static NumberScale fit(std::vector<double> numbers, ScaleKind kind, const std::optional<Range>& range);

  [[nodiscard]] ScaleKind kind() const { return kind_; }  ///< never automatic
  [[nodiscard]] const Range& range() const { return range_; }
  /// From 0 to 1; beyond the range 0 or 1; 0.5 when all numbers are equal.
  [[nodiscard]] double share(double number) const;

  struct Tick {
    double share = 0.0;
    std::string text;
  };
  /// Round numbers, at least `least_distance` (of the share) apart. `lower` and `higher`: numbers beyond the range
  /// exist, and the ends say so.
  [[nodiscard]] std::vector<Tick> ticks(double least_distance, bool lower, bool higher) const;

 private:
  ScaleKind kind_ = ScaleKind::linear;
  Range range_;
  std::vector<double> quantiles_;  ///< at equal steps, for percentiles
};

/// Up to about `most` round numbers (1, 2 or 5 times a power of ten apart) within a range that is not empty.
[[nodiscard]] std::vector<double> round_numbers(const Range& range, int most);

/// A number in few characters, with the decimals that `step` needs.
[[nodiscard]] std::string short_number(double number, double step);

}  // namespace distsne
