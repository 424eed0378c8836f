/// The extent of a map with and without its extreme points.
#include "render/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace distsne {
namespace {

constexpr double number_share = 0.01;  // of numbers, trimmed on either side
constexpr double number_widths = 2.0;  // beyond the trimmed range that numbers may lie
constexpr double fewest_far = 5.0;     // or so many
constexpr double most_far_share = 0.01;
constexpr std::size_t fewest_to_judge = 8;  // fewer points have no bulk that others could be far from
constexpr double least_aspect = 1.0 / 3.0;

Range full_range(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

/// The range without so many values on either side; reorders the values.
Range trimmed_range(std::vector<double>& values, double count) {
  const auto cut = static_cast<std::ptrdiff_t>(std::ceil(count));
  const auto low = values.begin() + cut;
  std::nth_element(values.begin(), low, values.end());
  const double low_value = *low;
  const auto high = values.end() - 1 - cut;
  std::nth_element(values.begin(), high, values.end());
  return {low_value, *high};
}

bool inside(double value, const Range& range) { return value >= range.low && value <= range.high; }

Range fence_around(const Range& trimmed, double width) { return {trimmed.low - width, trimmed.high + width}; }

/// How many points of a dimension may be left out on either side.
double most_left_out(std::size_t rows, double share) {
  const auto all = static_cast<double>(rows - 1);
  return std::min(most_far_share * all, std::max(fewest_far, share * all));
}

/// Points that are so few, on either side of a dimension, are left outside when they lie so many widths of the others
/// beyond them.
struct FarRule {
  double share;
  double widths;
};
constexpr std::array<FarRule, 2> far_rules{{{0.001, 0.25}, {0.003, 1.0}}};

void require_drawable(std::span<const float> points, std::size_t dims) {
  if (points.empty()) {
    throw Error("the map has no points: there is nothing to draw", ExitCode::bad_input);
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  const auto bad = std::find_if_not(points.begin(), points.end(), finite);
  if (bad != points.end()) {
    const auto offset = static_cast<std::size_t>(bad - points.begin());
    throw Error(fmt::format("the map has no finite position for row {} (counted from 0; column {} is {}), so it cannot "
                            "be drawn: the run that made it diverged; repeat it with a lower --learning-rate",
                            offset / dims, offset % dims, std::isnan(*bad) ? "NaN" : "infinite"),
                ExitCode::bad_input);
  }
}

/// Makes narrow ranges wider about their middle.
void widen(std::vector<Range>& axes) {
  double widest = 0.0;
  for (const Range& axis : axes) {
    widest = std::max(widest, axis.width());
  }
  const double least = widest > 0.0 ? least_aspect * widest : 1.0;
  for (Range& axis : axes) {
    const double missing = std::max(0.0, least - axis.width());
    axis.low -= missing / 2.0;
    axis.high += missing / 2.0;
  }
}

View robust_view(std::span<const float> points, std::size_t columns, bool all) {
  const std::size_t rows = points.size() / columns;
  std::vector<std::vector<double>> values(columns, std::vector<double>(rows));
  View view;
  for (std::size_t m = 0; m < columns; ++m) {
    for (std::size_t i = 0; i < rows; ++i) {
      values[m][i] = static_cast<double>(points[i * columns + m]);
    }
    view.axes.push_back(full_range(values[m]));
  }
  std::vector<Range> fences = view.axes;
  std::vector<Range> trimmed = view.axes;
  for (const FarRule& rule : far_rules) {
    double width = 0.0;  // of the trimmed map, the most over its dimensions
    for (std::size_t m = 0; m < columns; ++m) {
      trimmed[m] = trimmed_range(values[m], most_left_out(rows, rule.share));
      width = std::max(width, trimmed[m].width());
    }
    for (std::size_t m = 0; m < columns && width > 0.0; ++m) {
      const Range fence = fence_around(trimmed[m], rule.widths * width);
      fences[m] = {std::max(fences[m].low, fence.low), std::min(fences[m].high, fence.high)};
    }
    all = all || width <= 0.0;
  }
  if (!all && rows >= fewest_to_judge) {
    view.axes = trimmed;
    for (std::size_t i = 0; i < rows; ++i) {
      bool shown = true;
      for (std::size_t m = 0; m < columns; ++m) {
        shown = shown && inside(static_cast<double>(points[i * columns + m]), fences[m]);
      }
      view.outside += shown ? 0 : 1;
      for (std::size_t m = 0; shown && m < columns; ++m) {
        const auto value = static_cast<double>(points[i * columns + m]);
        view.axes[m] = {std::min(view.axes[m].low, value), std::max(view.axes[m].high, value)};
      }
    }
  }
  widen(view.axes);
  return view;
}

View chosen_view(std::span<const float> points, std::size_t columns, const std::vector<Range>& axes) {
  View view{axes, 0};
  for (std::size_t i = 0; i < points.size(); i += columns) {
    bool shown = true;
    for (std::size_t m = 0; m < columns; ++m) {
      shown = shown && inside(static_cast<double>(points[i + m]), axes[m]);
    }
    view.outside += shown ? 0 : 1;
  }
  return view;
}

}  // namespace

View fit_view(std::span<const float> points, int dims, const Frame& frame) {
  const auto columns = static_cast<std::size_t>(dims);
  require_drawable(points, columns);
  if (frame.kind != Frame::Kind::chosen) {
    return robust_view(points, columns, frame.kind == Frame::Kind::all);
  }
  if (frame.axes.size() != columns) {
    throw Error(fmt::format("a frame of {} range{} was chosen for a map of {} dimension{}: give one range, such as "
                            "-10:25, for each",
                            frame.axes.size(), frame.axes.size() == 1 ? "" : "s", dims, dims == 1 ? "" : "s"),
                ExitCode::bad_input);
  }
  return chosen_view(points, columns, frame.axes);
}

Range fit_range(std::vector<double> values) {
  const Range full = full_range(values);
  const Range trimmed = trimmed_range(values, number_share * static_cast<double>(values.size() - 1));
  if (values.size() < fewest_to_judge || trimmed.width() <= 0.0) {
    return full;
  }
  const Range fence = fence_around(trimmed, number_widths * trimmed.width());
  Range range = trimmed;
  for (const double value : values) {
    if (inside(value, fence)) {
      range = {std::min(range.low, value), std::max(range.high, value)};
    }
  }
  return range;
}

}  // namespace distsne
