/// From rows of coordinates to pixels.
#include "render/panel_painter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"
#include "render/histogram.hpp"

namespace distsne {
namespace {

constexpr double point_share = 0.22;               // of a map's area that fitted points take together
constexpr double strip_share = 0.2;                // of a strip's, whose points are spread evenly
constexpr double top_share = 0.02;                 // of a map's area, for the points that lie on top
constexpr double smallest_radius = 0.65;           // pixels; smaller discs would only become paler
constexpr double largest_share = 1.0 / 180.0;      // of the picture's size
constexpr double larger_top = 1.5;                 // times the radius of the others, or
constexpr double largest_top_share = 1.0 / 800.0;  // of the picture's size, where that is more
constexpr std::uint64_t strip_seed = 1;
constexpr GlobalIndex dense = 2000000;  // points from which they are drawn as density

}  // namespace

double largest_radius(int size) { return std::max(1.0, size * largest_share); }

PanelPainter::PanelPainter(std::span<const float> points, const View& view, const Coloring& coloring,
                           const PanelLayout& layout, const PictureOptions& options, double edge)
    : points_(points), view_(view), coloring_(coloring), layout_(layout), options_(options), edge_(edge) {}

GlobalIndex PanelPainter::count() const { return static_cast<GlobalIndex>(points_.size() / view_.axes.size()); }

double PanelPainter::coordinate(GlobalIndex row, std::size_t axis) const {
  return static_cast<double>(points_[static_cast<std::size_t>(row) * view_.axes.size() + axis]);
}

double PanelPainter::across(const Panel& panel, GlobalIndex row) const {
  return edge_ + (coordinate(row, panel.across) - view_.axes[panel.across].low) * layout_.scale;
}

Place PanelPainter::place(const Panel& panel, GlobalIndex row) const {
  return {across(panel, row), edge_ + (view_.axes[panel.up].high - coordinate(row, panel.up)) * layout_.scale};
}

double PanelPainter::fitted_radius(GlobalIndex points, const Panel& panel) const {
  const double area = static_cast<double>(panel.width) * static_cast<double>(panel.height);
  const double share = panel.content == Panel::Content::strip ? strip_share : point_share;
  const double radius = std::sqrt(share * area / (std::numbers::pi * static_cast<double>(points)));
  return std::clamp(radius, smallest_radius, std::max(smallest_radius, options_.size * largest_share));
}

Raster PanelPainter::paint(const Panel& panel) const {
  if (panel.content == Panel::Content::histogram) {
    return draw_histogram(
        count(), [&](GlobalIndex row) { return across(panel, row); }, coloring_, panel.width, panel.height);
  }
  const bool density = options_.points == PointStyle::density ||
                       (options_.points == PointStyle::automatic && !options_.point_size && count() >= dense);
  const double radius = options_.point_size ? *options_.point_size / 2.0
                        : density           ? 0.5
                                            : fitted_radius(count(), panel);
  GlobalIndex on_top = 0;
  for (std::size_t shade = 0; shade < coloring_.counts.size(); ++shade) {
    on_top += coloring_.on_top[shade] ? coloring_.counts[shade] : 0;
  }
  const double area = static_cast<double>(panel.width) * static_cast<double>(panel.height);
  const double fitted_top =
      std::sqrt(top_share * area / (std::numbers::pi * static_cast<double>(std::max<GlobalIndex>(1, on_top))));
  const double top_radius =
      options_.point_size
          ? radius
          : std::max(radius, std::min(fitted_top, std::max(larger_top * radius, options_.size * largest_top_share)));
  std::function<Place(GlobalIndex)> at = [&](GlobalIndex row) { return place(panel, row); };
  const CounterRandom random(strip_seed);
  if (panel.content == Panel::Content::strip) {
    const double low = std::min(radius + 0.5, panel.height / 2.0);
    at = [&, low](GlobalIndex row) {
      return Place{across(panel, row), low + random.uniform(row, 0) * (panel.height - 2.0 * low)};
    };
  }
  return draw_points(count(), at, coloring_, radius, panel.width, panel.height, top_radius, options_.tone);
}

}  // namespace distsne
