/// Axes, lines and bars.
#include "render/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "distsne/base/error.hpp"
#include "render/number_scale.hpp"
#include "render/style.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

constexpr double panel_height = 0.24;  // of the size, of one curve
constexpr double letter_middle = 0.36;
constexpr Color curve_on_light = from_hex(0x0072b2);
constexpr Color curve_on_dark = from_hex(0x7fc8f5);

Scene empty_scene(const PictureOptions& options, const Style& style) {
  Scene scene;
  scene.width = options.size;
  scene.dots_per_inch = options.dots_per_inch;
  if (options.background != Background::transparent) {
    scene.background = style.ground;
  }
  return scene;
}

/// Adds title and subtitle; returns where what follows begins.
double add_head(Scene& scene, const PictureOptions& options, const Style& style) {
  double top = style.margin;
  const double room = scene.width - 2.0 * style.margin;
  for (const auto& [text, font, color] : {std::tuple{clean_text(options.title), style.title_font, style.ink},
                                          std::tuple{clean_text(options.subtitle), style.font, style.faint}}) {
    if (!text.empty()) {
      scene.texts.push_back(
          {style.margin, top + font, font, shortened(text, font, room), color, false, Align::begin, std::nullopt});
      top += 1.6 * font;
    }
  }
  return top + 0.5 * style.font;
}

/// A value's place along an axis, before scaling; empty where it has none.
std::optional<double> coordinate(double value, bool logarithmic) {
  if (!std::isfinite(value) || (logarithmic && value <= 0.0)) {
    return std::nullopt;
  }
  return logarithmic ? std::log10(value) : value;
}

struct Axis {
  Range range;  ///< of coordinates
  bool logarithmic = false;
  std::vector<std::pair<double, std::string>> ticks;  ///< coordinate and text
};

Axis make_axis(const std::vector<double>& values, bool logarithmic, int most_ticks) {
  Axis axis;
  axis.logarithmic = logarithmic;
  axis.range = {1e300, -1e300};
  for (const double value : values) {
    if (const auto place = coordinate(value, logarithmic)) {
      axis.range = {std::min(axis.range.low, *place), std::max(axis.range.high, *place)};
    }
  }
  if (axis.range.width() <= 0.0) {
    axis.range = {axis.range.low - 0.5, axis.range.high + 0.5};
  }
  const double slack = 0.06 * axis.range.width();
  axis.range = {axis.range.low - slack, axis.range.high + slack};
  if (logarithmic && axis.range.width() >= 1.0) {
    const double step = std::max(1.0, std::ceil(axis.range.width() / most_ticks));
    for (double power = std::ceil(axis.range.low); power <= axis.range.high; power += step) {
      axis.ticks.emplace_back(power, fmt::format("{:g}", std::pow(10.0, power)));
    }
    return axis;
  }
  if (logarithmic) {
    const Range plain{std::pow(10.0, axis.range.low), std::pow(10.0, axis.range.high)};
    for (const double number : round_numbers(plain, most_ticks)) {
      axis.ticks.emplace_back(std::log10(number), fmt::format("{:.4g}", number));
    }
    return axis;
  }
  const std::vector<double> numbers = round_numbers(axis.range, most_ticks);
  const double step = numbers.size() > 1 ? numbers[1] - numbers[0] : axis.range.width();
  for (const double number : numbers) {
    axis.ticks.emplace_back(number, short_number(number, step));
  }
  return axis;
}

/// A panel of one curve.
class CurvePanel {
 public:
  CurvePanel(Scene& scene, const Style& style, double left, double top, double width, double height)
      : scene_(scene), style_(style), left_(left), top_(top), width_(width), height_(height) {}

  void draw(std::span<const double> iteration, const Range& across, const Curve& curve,
            const std::vector<Stretch>& stretches, bool names_stretches) {
    const Axis axis = make_axis(curve.values, curve.logarithmic, 5);
    const auto x = [&](double value) { return left_ + (value - across.low) / across.width() * width_; };
    const auto y = [&](double place) {
      return top_ + height_ - (place - axis.range.low) / axis.range.width() * height_;
    };
    const Color shade = style_.dark ? from_hex(0x262626) : from_hex(0xf0f0f0);
    for (const Stretch& stretch : stretches) {
      const double begin = std::max(x(stretch.begin), left_);
      const double end = std::min(x(stretch.end), left_ + width_);
      scene_.bars.push_back({begin, top_, end - begin, height_, {shade, shade}});
      if (names_stretches) {
        text(begin + 0.4 * style_.font, top_ + 1.2 * style_.font,
             shortened(stretch.name, 0.85 * style_.font, std::max(0.0, end - begin - 0.6 * style_.font)), Align::begin,
             style_.faint, 0.85);
      }
    }
    for (const auto& [place, label] : axis.ticks) {
      scene_.lines.push_back({left_ - 0.3 * style_.font, y(place), left_, y(place), style_.hairline, style_.faint});
      text(left_ - 0.5 * style_.font, y(place) + letter_middle * style_.font * 0.85, label, Align::end, style_.ink,
           0.85);
    }
    for (const auto& [x1, y1, x2, y2] : {std::array{left_, top_, left_, top_ + height_},
                                         std::array{left_, top_ + height_, left_ + width_, top_ + height_}}) {
      scene_.lines.push_back({x1, y1, x2, y2, style_.hairline, style_.faint});
    }
    text(left_, top_ - 0.5 * style_.font, curve.name, Align::begin, style_.ink, 1.0, true);
    const Color color = style_.dark ? curve_on_dark : curve_on_light;
    std::optional<std::pair<double, double>> last;
    for (std::size_t i = 0; i < iteration.size(); ++i) {
      const auto place = coordinate(curve.values[i], curve.logarithmic);
      if (place && last) {
        scene_.lines.push_back({last->first, last->second, x(iteration[i]), y(*place), 2.2 * style_.hairline, color});
      }
      if (place) {
        scene_.discs.push_back(
            {x(iteration[i]), y(*place), 1.1 * style_.hairline + (iteration.size() < 60 ? 1.5 : 0.0), color});
        last = std::pair{x(iteration[i]), y(*place)};
      } else {
        last.reset();
      }
    }
    if (last) {
      const std::string value = fmt::format("{:.4g}", curve.values.back());
      text(left_ + width_ + 0.4 * style_.font, last->second + letter_middle * style_.font, value, Align::begin, color,
           1.0);
    }
  }

  void draw_iterations(const Range& across) {
    const std::vector<double> numbers = round_numbers(across, 8);
    for (const double number : numbers) {
      const double x = left_ + (number - across.low) / across.width() * width_;
      const double bottom = top_ + height_;
      scene_.lines.push_back({x, bottom, x, bottom + 0.3 * style_.font, style_.hairline, style_.faint});
      text(x, bottom + 1.3 * style_.font, fmt::format("{:.10g}", number), Align::middle, style_.ink, 0.85);
    }
    text(left_ + width_ / 2.0, top_ + height_ + 2.7 * style_.font, "iterations", Align::middle, style_.ink, 1.0);
  }

 private:
  void text(double x, double y, std::string words, Align align, const Color& color, double size, bool bold = false) {
    scene_.texts.push_back({x, y, size * style_.font, std::move(words), color, bold, align, std::nullopt});
  }

  Scene& scene_;
  const Style& style_;
  double left_;
  double top_;
  double width_;
  double height_;
};

}  // namespace

std::vector<Stretch> exaggerated(std::span<const double> iteration, std::span<const double> factor) {
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i + 1 < std::min(iteration.size(), factor.size()); ++i) {
    if (factor[i] == 1.0 || !std::isfinite(factor[i])) {
      continue;
    }
    if (i > 0 && factor[i - 1] == factor[i]) {
      stretches.back().end = iteration[i + 1];
    } else {
      stretches.push_back({iteration[i], iteration[i + 1], fmt::format("exaggeration {:.4g}", factor[i])});
    }
  }
  return stretches;
}

Scene draw_curves(std::span<const double> iteration, const std::vector<Curve>& curves,
                  const std::vector<Stretch>& stretches, const PictureOptions& options) {
  std::vector<const Curve*> shown;
  for (const Curve& curve : curves) {
    const bool drawable = curve.values.size() == iteration.size() &&
                          std::any_of(curve.values.begin(), curve.values.end(),
                                      [&](double value) { return coordinate(value, curve.logarithmic).has_value(); });
    if (drawable) {
      shown.push_back(&curve);
    }
  }
  if (shown.empty() || iteration.empty()) {
    throw Error("the history has no finite values: there is nothing to draw", ExitCode::bad_input);
  }
  const Style style = style_of(options.size, options.background);
  Scene scene = empty_scene(options, style);
  double top = add_head(scene, options, style) + 1.5 * style.font;
  const double left = style.margin + 5.0 * style.font;
  const double width = options.size - left - style.margin - 4.5 * style.font;
  const double height = panel_height * options.size;
  const auto [first, last] = std::minmax_element(iteration.begin(), iteration.end());
  const Range across{*first, *last > *first ? *last : *first + 1.0};
  for (const Curve* curve : shown) {
    CurvePanel panel(scene, style, left, top, width, height);
    panel.draw(iteration, across, *curve, stretches, curve == shown.front());
    top += height + 2.2 * style.font;
    if (curve == shown.back()) {
      panel.draw_iterations(across);
    }
  }
  scene.height = static_cast<int>(std::lround(top + 1.5 * style.font + style.margin));
  return scene;
}

Scene draw_durations(const std::vector<Duration>& durations, const PictureOptions& options) {
  if (durations.empty()) {
    throw Error("the result has no timings: there is nothing to draw", ExitCode::bad_input);
  }
  const Style style = style_of(options.size, options.background);
  Scene scene = empty_scene(options, style);
  double top = add_head(scene, options, style) + 0.5 * style.font;
  double names = 0.0;
  double most = 0.0;
  double total = 0.0;
  for (const Duration& duration : durations) {
    names = std::max(names, text_width(clean_text(duration.name), style.font));
    most = std::max(most, std::max(duration.mean, duration.max));
    total += duration.mean;
  }
  names = std::min(names, 0.35 * options.size);
  const double left = style.margin + names + 0.8 * style.font;
  const double width = options.size - left - style.margin - 9.0 * style.font;
  const Color color = style.dark ? curve_on_dark : curve_on_light;
  for (const Duration& duration : durations) {
    const auto x = [&](double seconds) { return left + (most > 0.0 ? seconds / most : 0.0) * width; };
    const double base = top + 1.2 * style.font;
    scene.texts.push_back({left - 0.8 * style.font, base, style.font,
                           shortened(clean_text(duration.name), style.font, names), style.ink, false, Align::end,
                           std::nullopt});
    scene.bars.push_back({left, top + 0.25 * style.font, x(duration.mean) - left, 1.2 * style.font, {color, color}});
    const double middle = top + 0.85 * style.font;
    if (duration.max > duration.min) {
      scene.lines.push_back({x(duration.min), middle, x(duration.max), middle, 2.0 * style.hairline, style.ink});
    }
    const double share = total > 0.0 ? 100.0 * duration.mean / total : 0.0;
    scene.texts.push_back({x(std::max(duration.mean, duration.max)) + 0.6 * style.font, base, 0.9 * style.font,
                           fmt::format("{:.3g} s, {:.0f} %", duration.mean, share), style.faint, false, Align::begin,
                           std::nullopt});
    top += 1.9 * style.font;
  }
  scene.height = static_cast<int>(std::lround(top + style.margin));
  return scene;
}

}  // namespace distsne
