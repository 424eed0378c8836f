/// Columns of names, and the bar of a scale.
#include "render/legend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "distsne/render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_names = 30;
constexpr std::size_t most_columns = 3;
// In heights of letters:
constexpr double line_height = 1.45;
constexpr double title_height = 1.7;
constexpr double disc_radius = 0.36;
constexpr double name_offset = 1.15;
constexpr double column_gap = 1.2;
constexpr double bar_width = 0.9;
constexpr double bar_height = 14.0;
constexpr double tick_length = 0.3;
constexpr double letter_middle = 0.36;  // from the line that letters stand on up to the middle of digits
constexpr int most_ticks = 6;
constexpr std::size_t bar_steps = 32;

/// A line of a legend of classes; without a disc for the count of what is left out.
struct Entry {
  std::string text;
  std::optional<Color> color;
};

/// At most `limit` classes, the largest, in their order, and what else there is to say.
std::vector<Entry> entries_of(const Coloring& coloring, std::size_t limit) {
  std::vector<std::size_t> shown(coloring.classes.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  if (shown.size() > limit) {
    std::stable_sort(shown.begin(), shown.end(),
                     [&](std::size_t a, std::size_t b) { return coloring.counts[a] > coloring.counts[b]; });
    shown.resize(limit);
    std::sort(shown.begin(), shown.end());
  }
  std::vector<Entry> entries;
  entries.reserve(shown.size() + 2);
  for (const std::size_t shade : shown) {
    entries.push_back({clean_text(coloring.classes[shade]), coloring.colors[shade]});
  }
  if (shown.size() < coloring.classes.size()) {
    entries.push_back({fmt::format("and {} more", coloring.classes.size() - shown.size()), std::nullopt});
  }
  if (coloring.counts[coloring.missing()] > 0) {
    entries.push_back({"missing", missing_color});
  }
  return entries;
}

/// Puts the name of the labels on top.
void add_title(Legend& legend, const Coloring& coloring, const LegendStyle& style) {
  const double most = std::max(style.most_width + name_offset * style.font, legend.width);
  const std::string title = shortened(clean_text(coloring.name), style.font, most, true);
  legend.shapes.texts.push_back({0.0, style.font, style.font, title, style.ink, true, false});
  legend.width = std::max(legend.width, text_width(title, style.font, true));
}

Legend class_legend(const Coloring& coloring, const LegendStyle& style) {
  const double font = style.font;
  const auto lines_that_fit =
      static_cast<std::size_t>(std::max(3.0, (style.most_height - title_height * font) / (line_height * font)));
  std::vector<Entry> entries = entries_of(coloring, most_names);
  const std::size_t columns =
      std::min(most_columns, (entries.size() + lines_that_fit - 1) / std::max<std::size_t>(1, lines_that_fit));
  if (entries.size() > columns * lines_that_fit) {
    entries = entries_of(coloring, columns * lines_that_fit - 2);  // two lines are for what is left out and missing
  }
  const std::size_t lines = (entries.size() + columns - 1) / columns;

  Legend legend;
  double left = 0.0;
  for (std::size_t begin = 0; begin < entries.size(); begin += lines) {
    double right = left;
    for (std::size_t i = begin; i < std::min(begin + lines, entries.size()); ++i) {
      const Entry& entry = entries[i];
      const double base = font * (title_height + line_height * static_cast<double>(i - begin) + 1.0);
      const double text_left = left + name_offset * font;
      const std::string name = shortened(entry.text, font, style.most_width);
      if (entry.color) {
        legend.shapes.discs.push_back(
            {left + disc_radius * font, base - letter_middle * font, disc_radius * font, *entry.color});
      }
      legend.shapes.texts.push_back({text_left, base, font, name, style.ink, false, false});
      right = std::max(right, text_left + text_width(name, font));
    }
    legend.width = right;
    left = right + column_gap * font;
  }
  legend.height = font * (title_height + line_height * static_cast<double>(lines));
  add_title(legend, coloring, style);
  return legend;
}

/// A number beside the bar, where it stands.
struct Tick {
  double value = 0.0;
  std::string text;
};

std::vector<Tick> ticks_of(const Coloring& coloring, double least_distance) {
  const Range& range = coloring.range;
  if (range.width() <= 0.0) {
    return {{range.low, fmt::format("{:.4g}", range.low)}};
  }
  const std::vector<double> numbers = round_numbers(range, most_ticks);
  const double step = numbers.size() > 1 ? numbers[1] - numbers[0] : range.width();
  const double most = std::max(std::abs(range.low), std::abs(range.high));
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const bool fixed = most < 1e6 && decimals <= 4;
  const auto format = [&](double value) {
    return fixed ? fmt::format("{:.{}f}", value + 0.0, decimals) : fmt::format("{:.4g}", value);
  };
  std::vector<Tick> ticks;
  if (coloring.lower_values) {
    ticks.push_back({range.low, fmt::format("\xE2\x89\xA4 {:.3g}", range.low)});
  }
  for (const double value : numbers) {
    const bool free = (!coloring.lower_values || value - range.low >= least_distance) &&
                      (!coloring.higher_values || range.high - value >= least_distance);
    if (free) {
      ticks.push_back({value, format(value)});
    }
  }
  if (coloring.higher_values) {
    ticks.push_back({range.high, fmt::format("\xE2\x89\xA5 {:.3g}", range.high)});
  }
  return ticks;
}

Legend scale_legend(const Coloring& coloring, const LegendStyle& style) {
  const double font = style.font;
  const bool missing = coloring.counts[coloring.missing()] > 0;
  const double top = font * (title_height + 0.4);
  const double below = font * (missing ? line_height + 1.0 : 0.5);
  const double height = std::max(4.0 * font, std::min(bar_height * font, style.most_height - top - below));

  Legend legend;
  BarShape bar{0.0, top, bar_width * font, height, {}};
  for (std::size_t i = 0; i <= bar_steps; ++i) {
    bar.colors.push_back(coloring.colors[i * (coloring.missing() - 1) / bar_steps]);
  }
  legend.shapes.bars.push_back(std::move(bar));
  const double width = coloring.range.width();
  for (const Tick& tick : ticks_of(coloring, 1.3 * font / height * width)) {
    const double share = width > 0.0 ? (tick.value - coloring.range.low) / width : 0.5;
    const double y = top + height * (1.0 - share);
    const double left = (bar_width + tick_length) * font;
    legend.shapes.lines.push_back({bar_width * font, y, left, y, std::max(1.0, font / 16.0), style.ink});
    legend.shapes.texts.push_back(
        {left + 0.3 * font, y + letter_middle * font, font, tick.text, style.ink, false, false});
    legend.width = std::max(legend.width, left + 0.3 * font + text_width(tick.text, font));
  }
  legend.height = top + height + below;
  if (missing) {
    const double base = legend.height - 0.3 * font;
    legend.shapes.discs.push_back(
        {0.5 * bar_width * font, base - letter_middle * font, disc_radius * font, missing_color});
    legend.shapes.texts.push_back(
        {(bar_width + tick_length + 0.3) * font, base, font, "missing", style.ink, false, false});
    legend.width = std::max(legend.width, (bar_width + tick_length + 0.3) * font + text_width("missing", font));
  }
  add_title(legend, coloring, style);
  return legend;
}

}  // namespace

Legend make_legend(const Coloring& coloring, const LegendStyle& style) {
  switch (coloring.kind) {
    case Coloring::Kind::classes:
      return class_legend(coloring, style);
    case Coloring::Kind::scale:
      return scale_legend(coloring, style);
    case Coloring::Kind::plain:
      break;
  }
  return {};
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

void place_shapes(Scene& scene, const Scene& part, double right, double down) {
  const auto add = [right, down](auto& to, const auto& from) {
    for (auto shape : from) {
      shape.x += right;
      shape.y += down;
      to.push_back(std::move(shape));
    }
  };
  add(scene.images, part.images);
  add(scene.bars, part.bars);
  add(scene.discs, part.discs);
  add(scene.texts, part.texts);
  for (LineShape line : part.lines) {
    line.x1 += right;
    line.x2 += right;
    line.y1 += down;
    line.y2 += down;
    scene.lines.push_back(line);
  }
}

}  // namespace distsne
