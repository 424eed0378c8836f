/// Putting map, names, legend and words together.
#include "render/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "render/arrangement.hpp"
#include "render/panel_painter.hpp"
#include "render/text.hpp"
#include "render/view.hpp"

namespace distsne {
namespace {

constexpr std::size_t plainly_unlike = 8;  // so many classes have colors that need no exchanging

/// A side of the picture in pixels. The longer one is as long as was asked for: its margin takes what rounding left.
int whole_length(double length, int size) {
  constexpr double rounding = 4.0;
  return length > size - rounding && length < size + 1.0 ? size : static_cast<int>(std::lround(length));
}

void add_panels(Scene& scene, const PanelPainter& painter, const PanelLayout& layout, const Style& style, double left,
                double top) {
  for (const Panel& panel : layout.panels) {
    const double x = left + panel.x;
    const double y = top + panel.y;
    scene.images.push_back({x, y, painter.paint(panel)});
    if (!panel.caption.empty()) {
      scene.texts.push_back(
          {x, y - 0.4 * style.font, style.font, panel.caption, style.ink, false, Align::begin, std::nullopt});
      const double right = x + panel.width;
      const double bottom = y + panel.height;
      for (const auto& [x1, y1, x2, y2] : {std::array{x, y, right, y}, std::array{x, bottom, right, bottom},
                                           std::array{x, y, x, bottom}, std::array{right, y, right, bottom}}) {
        scene.lines.push_back({x1, y1, x2, y2, style.hairline, style.faint});
      }
    }
    if (panel.content == Panel::Content::histogram) {
      const double base = y + panel.height + 0.5 * style.hairline;
      scene.lines.push_back({x, base, x + panel.width, base, style.hairline, style.faint});
    }
  }
}

/// Classes as they lie in the first panel of the map; unlike colors for neighbors.
ClassMap look_at_classes(const PanelPainter& painter, const PanelLayout& layout, Coloring& coloring,
                         const PictureOptions& options) {
  const Panel& panel = layout.panels.front();
  if (coloring.kind != Coloring::Kind::classes || panel.content != Panel::Content::points) {
    return {};
  }
  ClassMap classes = find_classes(
      painter.count(), [&](GlobalIndex row) { return painter.place(panel, row); }, coloring, panel.width, panel.height);
  if (coloring.classes.size() > plainly_unlike) {
    std::vector<bool> fixed;
    for (std::size_t i = 0; i < coloring.classes.size(); ++i) {
      fixed.push_back(options.coloring.given.contains(coloring.classes[i]) ||
                      (!coloring.muted.empty() && coloring.muted[i]));
    }
    spread_colors(coloring.colors, classes.closeness, fixed);
  }
  return classes;
}

/// Title and subtitle from the top, within the margins.
void add_head(Scene& scene, const std::string& title, const std::string& subtitle, const Style& style) {
  double base = style.margin;
  const double room = scene.width - 2.0 * style.margin;
  for (const auto& [text, font, color] :
       {std::tuple{title, style.title_font, style.ink}, std::tuple{subtitle, style.font, style.faint}}) {
    if (!text.empty()) {
      scene.texts.push_back(
          {style.margin, base + font, font, shortened(text, font, room), color, false, Align::begin, std::nullopt});
      base += 1.5 * font;
    }
  }
}

}  // namespace

std::map<std::string, Color> settled_colors(std::span<const float> points, int dims, const MapLabels& labels,
                                            const PictureOptions& options) {
  const View view = fit_view(points, dims, options.frame);
  ColoringOptions coloring_options = options.coloring;
  coloring_options.dark = options.background == Background::black;
  Coloring coloring = make_coloring(labels, static_cast<GlobalIndex>(points.size()) / dims, coloring_options);
  const PanelLayout layout = lay_out(view, options.size, options.size, 1.0, options.size / 68.0);
  look_at_classes(PanelPainter(points, view, coloring, layout, options, 1.0), layout, coloring, options);
  std::map<std::string, Color> colors;
  for (std::size_t i = 0; i < coloring.classes.size(); ++i) {
    colors[coloring.classes[i]] = coloring.colors[i];
  }
  return colors;
}

Scene compose(std::span<const float> points, int dims, const MapLabels& labels, const PictureOptions& options) {
  const View view = fit_view(points, dims, options.frame);
  const Style style = style_of(options.size, options.background);
  const auto rows = static_cast<GlobalIndex>(points.size()) / dims;
  ColoringOptions coloring_options = options.coloring;
  coloring_options.dark = style.dark;
  Coloring coloring = make_coloring(labels, rows, coloring_options);
  const double edge =
      1.0 + (options.point_size ? *options.point_size / 2.0 : std::max(1.0, largest_radius(options.size)));

  const std::string title = clean_text(options.title);
  std::string subtitle = clean_text(options.subtitle);
  const bool may_name_labels = subtitle.empty() && coloring.kind == Coloring::Kind::classes &&
                               options.legend != LegendPlace::off && options.names != NamePlace::off && dims == 2;
  const double head = (title.empty() ? 0.0 : 1.5 * style.title_font) +
                      (subtitle.empty() && !may_name_labels ? 0.0 : 1.5 * style.font) +
                      (title.empty() && subtitle.empty() ? 0.0 : 0.4 * style.font);
  const bool counts_outside = options.counts_outside && view.outside > 0;
  const double foot = counts_outside ? std::round(1.6 * style.font) : 0.0;
  const double most_width = options.size - 2.0 * style.margin;
  const double most_height = most_width - head - foot;

  const PanelLayout whole = lay_out(view, most_width, most_height, edge, style.font);
  const PanelPainter first_painter(points, view, coloring, whole, options, edge);
  const ClassMap classes = look_at_classes(first_painter, whole, coloring, options);
  const Arrangement arrangement =
      arrange({view, coloring, classes, whole, options, style, most_width, most_height, edge});

  Scene scene;
  scene.dots_per_inch = options.dots_per_inch;
  scene.width = whole_length(arrangement.width + 2.0 * style.margin, options.size);
  scene.height = whole_length(arrangement.height + head + foot + 2.0 * style.margin, options.size);
  if (options.background != Background::transparent) {
    scene.background = style.ground;
  }
  const double left = style.margin;
  const double top = style.margin + std::round(head);
  const PanelPainter painter(points, view, coloring, arrangement.panels, options, edge);
  add_panels(scene, painter, arrangement.panels, style, left + arrangement.panels_x, top + arrangement.panels_y);
  draw_names(scene, arrangement.texts, arrangement.names, coloring, style, arrangement.around,
             left + arrangement.panels_x, top + arrangement.panels_y);
  place_shapes(scene, arrangement.legend.shapes, left + arrangement.legend_x, top + arrangement.legend_y);
  if (may_name_labels && arrangement.legend.width <= 0.0) {
    subtitle = clean_text(coloring.name);
  }
  add_head(scene, title, subtitle, style);
  if (counts_outside) {
    const std::string outside = fmt::format("{} {} outside the view", with_separators(view.outside),
                                            view.outside == 1 ? "point lies" : "points lie");
    scene.texts.push_back({left, scene.height - style.margin, 0.85 * style.font, outside, style.faint, false,
                           Align::begin, std::nullopt});
    scene.notes.push_back(options.frame.kind == Frame::Kind::chosen ? outside
                                                                    : outside + ", far from all others (--frame all)");
  }
  scene.colored_by = coloring.name;
  if (!coloring.note.empty()) {
    scene.notes.push_back(coloring.note);
  }
  return scene;
}

}  // namespace distsne
