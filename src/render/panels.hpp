/// Where the drawings of a map lie beside each other.
#pragma once

#include <string>
#include <vector>

#include "render/view.hpp"

namespace distsne {

/// A rectangle of whole pixels that shows the map from one side.
struct Panel {
  enum class Content { points, histogram, strip };

  Content content = Content::points;
  std::size_t across = 0;  ///< the dimension that runs to the right
  std::size_t up = 0;      ///< and the one that runs upwards; of no meaning in a histogram or a strip
  std::string caption;     ///< above the panel; may be empty
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

struct PanelLayout {
  double scale = 1.0;  ///< pixels for a map unit, the same in all panels and directions
  int width = 0;
  int height = 0;
  std::vector<Panel> panels;
  /// A free rectangle in the lower right corner, empty where there is none.
  Panel corner;
};

/// Fills a rectangle as far as equal scales allow. `edge` pixels inside every panel stay free around the view.
///   2 dimensions: one panel.
///   3 dimensions: the three projections, arranged so that neighbors share a dimension: x-y above x-z, z-y beside x-y.
///   1 dimension: a histogram above a strip of all points.
[[nodiscard]] PanelLayout lay_out(const View& view, double width, double height, double edge, double font);

}  // namespace distsne
