/// Columns of names, and the bar of a scale.
#include "render/legend.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_lines = 3;  // of a name
// In heights of letters:
constexpr double line_height = 1.2;
constexpr double entry_gap = 0.25;
constexpr double title_height = 1.7;
constexpr double disc_radius = 0.36;
constexpr double name_offset = 1.15;
constexpr double column_gap = 1.2;
constexpr double widest_name = 17.0;     // before it is wrapped
constexpr double narrowest_names = 7.0;  // of a column
constexpr double bar_width = 0.9;
constexpr double bar_height = 16.0;
constexpr double tick_length = 0.3;
constexpr double letter_middle = 0.36;  // from the line that letters stand on up to the middle of digits
constexpr std::size_t bar_steps = 64;

struct Entry {
  std::string text;
  Color color;
};

std::vector<Entry> entries_of(const Coloring& coloring, const std::vector<bool>& named) {
  std::vector<Entry> entries;
  bool others = false;
  for (std::size_t i = 0; i < coloring.classes.size(); ++i) {
    const bool muted = !coloring.muted.empty() && coloring.muted[i];
    others = others || muted;
    if (!muted && (named.empty() || !named[i])) {
      entries.push_back({clean_text(coloring.classes[i]), coloring.colors[i]});
    }
  }
  if (others) {
    entries.push_back({"others", missing_color});
  }
  if (coloring.counts[coloring.missing()] > 0) {
    entries.push_back({"missing", missing_color});
  }
  return entries;
}

/// Puts the name of the labels on top.
void add_title(Legend& legend, const Coloring& coloring, const LegendStyle& style) {
  const std::string title = shortened(clean_text(coloring.name), style.font, style.width, true);
  legend.shapes.texts.push_back({0.0, style.font, style.font, title, style.ink, true, Align::begin, {}});
  legend.width = std::max(legend.width, text_width(title, style.font, true));
}

/// Entries in so many columns, from the top of each to its bottom.
Legend in_columns(const std::vector<Entry>& entries, const Coloring& coloring, const LegendStyle& style,
                  std::size_t columns) {
  const double font = style.font;
  const double room =
      (style.width - column_gap * font * static_cast<double>(columns - 1)) / static_cast<double>(columns);
  const double most = std::min(widest_name * font, room - name_offset * font);
  std::vector<std::vector<std::string>> lines;
  double total = 0.0;
  const auto height_of = [font](const std::vector<std::string>& name) {
    return font * (entry_gap + line_height * static_cast<double>(name.size()));
  };
  double tallest = 0.0;
  for (const Entry& entry : entries) {
    lines.push_back(wrapped(entry.text, font, most, most_lines));
    total += height_of(lines.back());
    tallest = std::max(tallest, height_of(lines.back()));
  }
  // The least height of columns that holds all entries in their order.
  double height = total / static_cast<double>(columns);
  const auto columns_at = [&](double limit) {
    std::size_t count = 1;
    double filled = 0.0;
    for (const auto& name : lines) {
      if (filled + height_of(name) > limit + 1e-6) {
        ++count;
        filled = 0.0;
      }
      filled += height_of(name);
    }
    return count;
  };
  for (height = std::max(height, tallest); columns_at(height) > columns; height += 0.25 * font) {
  }

  Legend legend;
  const double top = coloring.name.empty() ? 0.0 : title_height * font;
  double left = 0.0;
  double filled = 0.0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (filled + height_of(lines[i]) > height + 1e-6) {
      left = legend.width + column_gap * font;
      filled = 0.0;
    }
    double base = top + filled + font;
    legend.shapes.discs.push_back(
        {left + disc_radius * font, base - letter_middle * font, disc_radius * font, entries[i].color});
    for (const std::string& line : lines[i]) {
      const double text_left = left + name_offset * font;
      legend.shapes.texts.push_back({text_left, base, font, line, style.ink, false, Align::begin, {}});
      legend.width = std::max(legend.width, text_left + text_width(line, font));
      base += line_height * font;
    }
    filled += height_of(lines[i]);
    legend.height = std::max(legend.height, top + filled);
  }
  if (!coloring.name.empty()) {
    add_title(legend, coloring, style);
  }
  legend.fits = legend.width <= style.width + 1.0 && (style.height <= 0.0 || legend.height <= style.height);
  return legend;
}

Legend class_legend(const Coloring& coloring, const LegendStyle& style, const std::vector<bool>& named) {
  const std::vector<Entry> entries = entries_of(coloring, named);
  if (entries.empty()) {
    return {};
  }
  double widest = 0.0;
  for (const Entry& entry : entries) {
    widest = std::max(widest, std::min(widest_name * style.font, text_width(entry.text, style.font)));
  }
  const auto columns_for = [&](double name) {
    const double column = name + (name_offset + column_gap) * style.font;
    return std::clamp<std::size_t>(static_cast<std::size_t>((style.width + column_gap * style.font) / column), 1,
                                   style.most_columns);
  };
  if (style.height <= 0.0) {
    return in_columns(entries, coloring, style, std::min(columns_for(widest), entries.size()));
  }
  Legend legend;
  for (std::size_t columns = 1; columns <= std::min(columns_for(narrowest_names * style.font), entries.size());
       ++columns) {
    legend = in_columns(entries, coloring, style, columns);
    if (legend.fits) {
      break;
    }
  }
  return legend;
}

Legend scale_legend(const Coloring& coloring, const LegendStyle& style) {
  const double font = style.font;
  const bool missing = coloring.counts[coloring.missing()] > 0;
  const double top = font * (title_height + 0.4);
  const double below = font * (missing ? line_height + 1.2 : 0.5);
  const double most = style.height > 0.0 ? style.height - top - below : bar_height * font;
  const double height = std::max(4.0 * font, std::min(bar_height * font, most));

  Legend legend;
  BarShape bar{0.0, top, bar_width * font, height, {}};
  for (std::size_t i = 0; i <= bar_steps; ++i) {
    bar.colors.push_back(coloring.colors[i * (coloring.missing() - 1) / bar_steps]);
  }
  legend.shapes.bars.push_back(std::move(bar));
  for (const NumberScale::Tick& tick :
       coloring.scale.ticks(1.3 * font / height, coloring.lower_values, coloring.higher_values)) {
    const double y = top + height * (1.0 - tick.share);
    const double left = (bar_width + tick_length) * font;
    legend.shapes.lines.push_back({bar_width * font, y, left, y, std::max(1.0, font / 16.0), style.ink});
    legend.shapes.texts.push_back(
        {left + 0.3 * font, y + letter_middle * font, font, tick.text, style.ink, false, Align::begin, {}});
    legend.width = std::max(legend.width, left + 0.3 * font + text_width(tick.text, font));
  }
  legend.height = top + height + below;
  if (missing) {
    const double base = legend.height - 0.3 * font;
    legend.shapes.discs.push_back(
        {0.5 * bar_width * font, base - letter_middle * font, disc_radius * font, missing_color});
    legend.shapes.texts.push_back(
        {(bar_width + tick_length + 0.3) * font, base, font, "missing", style.ink, false, Align::begin, {}});
    legend.width = std::max(legend.width, (bar_width + tick_length + 0.3) * font + text_width("missing", font));
  }
  add_title(legend, coloring, style);
  return legend;
}

}  // namespace

Legend make_legend(const Coloring& coloring, const LegendStyle& style, const std::vector<bool>& named) {
  switch (coloring.kind) {
    case Coloring::Kind::classes:
      return class_legend(coloring, style, named);
    case Coloring::Kind::scale:
      return scale_legend(coloring, style);
    case Coloring::Kind::plain:
      break;
  }
  return {};
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
