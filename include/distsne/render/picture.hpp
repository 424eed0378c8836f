/// The picture of a map.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "distsne/render/coloring.hpp"
#include "distsne/render/scene.hpp"

namespace distsne {

enum class Background { white, black, transparent };

struct PictureOptions {
  int size = 1600;    ///< pixels of the longer side, at least 200; letters and margins grow with it
  std::string title;  ///< above the map; empty: none
  /// Diameter of a point in pixels; empty: fitted to the number of points, so that their areas add up to a fixed share
  /// of the map, within limits that keep single points visible.
  std::optional<double> point_size;
  Background background = Background::white;  ///< text is dark on transparent
  bool legend = true;
};

/// One process. Draws a map of 1, 2 or 3 dimensions; `points` holds rows of `dims` coordinates.
///   2 dimensions: a scatter of points, see draw_points.
///   3 dimensions: three such scatters, seen along the axes, with the legend in the fourth corner where it fits.
///   1 dimension: a histogram stacked by color above a strip with all points, spread over its height at random.
/// One map unit has the same length in all directions. Axes have no ticks, as the positions in such a map have no
/// meaning but near or far. See fit_view for what is shown of maps with extreme points: a line below the map counts the
/// others, and so does a note. Equal input gives equal scenes.
/// Throws Error (bad input) when there are no points, or positions that are not finite.
[[nodiscard]] Scene compose(std::span<const float> points, int dims, const MapLabels& labels,
                            const PictureOptions& options);

}  // namespace distsne
