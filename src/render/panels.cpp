/// Arranging one, two or three panels at one scale.
#include "render/panels.hpp"

#include <algorithm>
#include <cmath>

namespace distsne {
namespace {

constexpr double histogram_aspect = 0.3;  // height for a unit of width
constexpr double strip_aspect = 0.08;

int pixels(double length) { return std::max(1, static_cast<int>(std::floor(length + 1e-6))); }

PanelLayout one_panel(const View& view, double width, double height, double edge) {
  PanelLayout layout;
  const double across = view.axes[0].width();
  const double up = view.axes[1].width();
  layout.scale = std::min((width - 2.0 * edge) / across, (height - 2.0 * edge) / up);
  layout.width = pixels(layout.scale * across + 2.0 * edge);
  layout.height = pixels(layout.scale * up + 2.0 * edge);
  layout.panels.push_back({Panel::Content::points, 0, 1, "", 0, 0, layout.width, layout.height});
  return layout;
}

PanelLayout projections(const View& view, double width, double height, double edge, double font) {
  const double caption = std::ceil(1.5 * font);
  const double gap = std::ceil(0.8 * font);
  const double x = view.axes[0].width();
  const double y = view.axes[1].width();
  const double z = view.axes[2].width();
  PanelLayout layout;
  layout.scale = std::min((width - gap - 4.0 * edge) / (x + z), (height - gap - 2.0 * caption - 4.0 * edge) / (y + z));
  const auto side = [&](double extent) { return pixels(layout.scale * extent + 2.0 * edge); };
  const int first_row = pixels(caption);
  const int second_row = first_row + side(y) + pixels(gap) + pixels(caption);
  const int second_column = side(x) + pixels(gap);
  layout.panels = {{Panel::Content::points, 0, 1, "x, y", 0, first_row, side(x), side(y)},
                   {Panel::Content::points, 2, 1, "z, y", second_column, first_row, side(z), side(y)},
                   {Panel::Content::points, 0, 2, "x, z", 0, second_row, side(x), side(z)}};
  layout.corner = {Panel::Content::points, 0, 0, "", second_column, second_row, side(z), side(z)};
  layout.width = second_column + side(z);
  layout.height = second_row + side(z);
  return layout;
}

PanelLayout histogram_and_strip(const View& view, double width, double height, double edge, double font) {
  PanelLayout layout;
  const double gap = std::ceil(0.5 * font);
  const double fitting = std::min(width, (height - gap) / (histogram_aspect + strip_aspect));
  layout.scale = (fitting - 2.0 * edge) / view.axes[0].width();
  layout.width = pixels(fitting);
  const int histogram = pixels(histogram_aspect * fitting);
  const int strip = pixels(strip_aspect * fitting);
  layout.panels = {{Panel::Content::histogram, 0, 0, "", 0, 0, layout.width, histogram},
                   {Panel::Content::strip, 0, 0, "", 0, histogram + pixels(gap), layout.width, strip}};
  layout.height = histogram + pixels(gap) + strip;
  return layout;
}

}  // namespace

PanelLayout lay_out(const View& view, double width, double height, double edge, double font) {
  switch (view.axes.size()) {
    case 1:
      return histogram_and_strip(view, width, height, edge, font);
    case 2:
      return one_panel(view, width, height, edge);
    default:
      return projections(view, width, height, edge, font);
  }
}

}  // namespace distsne
