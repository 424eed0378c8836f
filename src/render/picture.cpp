/// Putting map, legend and words together.
#include "distsne/render/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "distsne/base/random.hpp"
#include "distsne/render/histogram.hpp"
#include "distsne/render/splat.hpp"
#include "distsne/render/text.hpp"
#include "distsne/render/view.hpp"
#include "render/legend.hpp"
#include "render/panels.hpp"

namespace distsne {
namespace {

constexpr double point_share = 0.1;             // of a map's area that fitted points take together
constexpr double strip_share = 0.2;             // of a strip's, whose points are spread evenly
constexpr double smallest_radius = 0.65;        // pixels; smaller discs would only become paler
constexpr double largest_radius = 1.0 / 180.0;  // of the picture's size
constexpr std::uint64_t strip_seed = 1;

/// Lengths that follow from the size of the picture.
struct Style {
  double font = 0.0;
  double title_font = 0.0;
  double margin = 0.0;
  double gap = 0.0;  // between map and legend
  Color ink;
  Color faint;
  bool dark = false;
};

Style style_of(const PictureOptions& options) {
  Style style;
  style.font = std::max(9.0, options.size / 58.0);
  style.title_font = 1.2 * style.font;
  style.margin = std::round(options.size / 50.0);
  style.gap = std::round(1.2 * style.font);
  style.dark = options.background == Background::black;
  style.ink = style.dark ? from_hex(0xe4e4e4) : from_hex(0x222222);
  style.faint = style.dark ? from_hex(0x8a8a8a) : from_hex(0x777777);
  return style;
}

double fitted_radius(GlobalIndex count, const Panel& panel, int size) {
  const double area = static_cast<double>(panel.width) * static_cast<double>(panel.height);
  const double share = panel.content == Panel::Content::strip ? strip_share : point_share;
  const double radius = std::sqrt(share * area / (std::numbers::pi * static_cast<double>(count)));
  return std::clamp(radius, smallest_radius, std::max(smallest_radius, size * largest_radius));
}

/// A side of the picture in pixels. The longer one is as long as was asked for: its margin takes what rounding left.
int whole_length(double length, int size) {
  constexpr double rounding = 4.0;
  return length > size - rounding ? size : static_cast<int>(std::lround(length));
}

/// The map in one of its panels.
class PanelPainter {
 public:
  PanelPainter(std::span<const float> points, const View& view, const Coloring& coloring, const PanelLayout& layout,
               const PictureOptions& options, double edge)
      : points_(points), view_(view), coloring_(coloring), layout_(layout), options_(options), edge_(edge) {}

  [[nodiscard]] Raster paint(const Panel& panel) const {
    const auto across = [&](GlobalIndex row) {
      return edge_ + (coordinate(row, panel.across) - view_.axes[panel.across].low) * layout_.scale;
    };
    if (panel.content == Panel::Content::histogram) {
      return draw_histogram(count(), across, coloring_, panel.width, panel.height);
    }
    const double radius =
        options_.point_size ? *options_.point_size / 2.0 : fitted_radius(count(), panel, options_.size);
    std::function<Place(GlobalIndex)> place = [&](GlobalIndex row) {
      return Place{across(row), edge_ + (view_.axes[panel.up].high - coordinate(row, panel.up)) * layout_.scale};
    };
    const CounterRandom random(strip_seed);
    if (panel.content == Panel::Content::strip) {
      const double low = std::min(radius + 0.5, panel.height / 2.0);
      place = [&, low](GlobalIndex row) {
        return Place{across(row), low + random.uniform(row, 0) * (panel.height - 2.0 * low)};
      };
    }
    return draw_points(count(), place, coloring_, radius, panel.width, panel.height);
  }

 private:
  [[nodiscard]] GlobalIndex count() const { return static_cast<GlobalIndex>(points_.size() / view_.axes.size()); }
  [[nodiscard]] double coordinate(GlobalIndex row, std::size_t axis) const {
    return static_cast<double>(points_[static_cast<std::size_t>(row) * view_.axes.size() + axis]);
  }

  std::span<const float> points_;
  const View& view_;
  const Coloring& coloring_;
  const PanelLayout& layout_;
  const PictureOptions& options_;
  double edge_;
};

/// Panels and legend side by side, or the legend in the panels' free corner.
struct Arrangement {
  PanelLayout panels;
  Legend legend;
  double legend_x = 0.0;
  double legend_y = 0.0;
  double width = 0.0;
  double height = 0.0;
};

Arrangement arrange(const View& view, const Coloring& coloring, const PictureOptions& options, const Style& style,
                    double width, double height, double edge) {
  const LegendStyle legend_style{style.font, style.ink, 0.22 * options.size, height};
  Arrangement result;
  const auto lay_out_within = [&](double available) {
    result.panels = lay_out(view, available, height, edge, style.font);
    result.width = result.panels.width;
    result.height = result.panels.height;
  };
  lay_out_within(width);
  if (!options.legend || coloring.kind == Coloring::Kind::plain) {
    return result;
  }
  const Panel& corner = result.panels.corner;
  if (corner.width > 0) {
    LegendStyle in_corner = legend_style;
    in_corner.most_height = corner.height;
    result.legend = make_legend(coloring, in_corner);
    if (result.legend.width <= corner.width - style.gap && result.legend.height <= corner.height) {
      result.legend_x = corner.x + style.gap;
      result.legend_y = corner.y;
      return result;
    }
  }
  // Beside the map, no higher than it: the width of the one depends on the height of the other.
  result.legend = make_legend(coloring, legend_style);
  lay_out_within(width - style.gap - result.legend.width);
  if (result.legend.height > result.panels.height) {
    LegendStyle lower = legend_style;
    lower.most_height = result.panels.height;
    result.legend = make_legend(coloring, lower);
    lay_out_within(width - style.gap - result.legend.width);
  }
  result.legend_x = result.panels.width + style.gap;
  result.width = result.legend_x + result.legend.width;
  result.height = std::max(result.height, result.legend.height);
  return result;
}

void add_panels(Scene& scene, const PanelPainter& painter, const PanelLayout& layout, const Style& style, double left,
                double top) {
  const double hairline = std::max(1.0, style.font / 24.0);
  for (const Panel& panel : layout.panels) {
    const double x = left + panel.x;
    const double y = top + panel.y;
    scene.images.push_back({x, y, painter.paint(panel)});
    if (!panel.caption.empty()) {
      scene.texts.push_back({x, y - 0.4 * style.font, style.font, panel.caption, style.ink, false, false});
      const double right = x + panel.width;
      const double bottom = y + panel.height;
      for (const auto& [x1, y1, x2, y2] : {std::array{x, y, right, y}, std::array{x, bottom, right, bottom},
                                           std::array{x, y, x, bottom}, std::array{right, y, right, bottom}}) {
        scene.lines.push_back({x1, y1, x2, y2, hairline, style.faint});
      }
    }
    if (panel.content == Panel::Content::histogram) {
      const double base = y + panel.height + 0.5 * hairline;
      scene.lines.push_back({x, base, x + panel.width, base, hairline, style.faint});
    }
  }
}

}  // namespace

Scene compose(std::span<const float> points, int dims, const MapLabels& labels, const PictureOptions& options) {
  const View view = fit_view(points, dims);
  const Style style = style_of(options);
  const auto rows = static_cast<GlobalIndex>(points.size()) / dims;
  const Coloring coloring = make_coloring(labels, rows, style.dark);
  const double edge =
      1.0 + (options.point_size ? *options.point_size / 2.0 : std::max(1.0, options.size * largest_radius));
  const std::string title = clean_text(options.title);
  const double head = title.empty() ? 0.0 : std::round(1.7 * style.title_font);
  const double foot = view.outside > 0 ? std::round(1.6 * style.font) : 0.0;

  const double most_width = options.size - 2.0 * style.margin;
  const Arrangement arrangement = arrange(view, coloring, options, style, most_width, most_width - head - foot, edge);
  Scene scene;
  scene.width = whole_length(arrangement.width + 2.0 * style.margin, options.size);
  scene.height = whole_length(arrangement.height + head + foot + 2.0 * style.margin, options.size);
  if (options.background != Background::transparent) {
    scene.background = style.dark ? from_hex(0x000000) : from_hex(0xffffff);
  }

  const double left = style.margin;
  const double top = style.margin + head;
  const PanelPainter painter(points, view, coloring, arrangement.panels, options, edge);
  add_panels(scene, painter, arrangement.panels, style, left, top);
  place_shapes(scene, arrangement.legend.shapes, left + arrangement.legend_x, top + arrangement.legend_y);
  if (!title.empty()) {
    scene.texts.push_back({left, style.margin + style.title_font, style.title_font,
                           shortened(title, style.title_font, scene.width - 2.0 * left), style.ink, false, false});
  }
  if (view.outside > 0) {
    const std::string outside = fmt::format("{} {} outside the view", with_separators(view.outside),
                                            view.outside == 1 ? "point lies" : "points lie");
    scene.texts.push_back({left, scene.height - style.margin, 0.85 * style.font, outside, style.faint, false, false});
    scene.notes.push_back(outside + ", far from all others");
  }
  scene.colored_by = coloring.name;
  if (!coloring.note.empty()) {
    scene.notes.push_back(coloring.note);
  }
  return scene;
}

}  // namespace distsne
