/// The picture of a map.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "render/coloring.hpp"
#include "render/scene.hpp"
#include "render/splat.hpp"

namespace distsne {

enum class Background { white, black, transparent };

/// Where the colors are explained.
enum class LegendPlace {
  automatic,  ///< beside or below, of the classes that are not named on the map
  beside,     ///< of all classes; below where it would take more than 30 % of the width
  below,
  off
};

/// Where names of classes stand in maps of two dimensions.
enum class NamePlace {
  automatic,  ///< on the map or around it where most classes have a place of their own, else nowhere
  on,         ///< on the map at the medians of their classes, moved apart; around it where there is no room
  around,     ///< left and right of the map, with leader lines
  off
};

enum class PointStyle {
  automatic,  ///< markers, or density from two million points on
  markers,    ///< discs, see PointsLayers
  density     ///< each point one pixel, and how many there are as opacity
};

struct PictureOptions {
  int size =
      1600;  ///< pixels of the longer side, at least 200, without a legend below; letters and margins grow with it
  double dots_per_inch = 200.0;  ///< of PDF files and of what PNG files say
  std::string title;             ///< above the map; empty: none
  std::string subtitle;          ///< below the title, smaller
  /// Diameter of a point in pixels; empty: fitted to the number of points, so that their areas add up to a fixed share
  /// of the map, within limits that keep single points visible.
  std::optional<double> point_size;
  PointStyle points = PointStyle::automatic;
  Tone tone = Tone::logarithmic;
  Background background = Background::white;  ///< text is dark on transparent
  LegendPlace legend = LegendPlace::automatic;
  NamePlace names = NamePlace::automatic;
  Frame frame;
  bool counts_outside = true;  ///< a line below the map tells how many points are not shown
  ColoringOptions coloring;    ///< `dark` follows from the background
};

/// One process. The colors of the classes as compose() draws them, by name; empty where labels are no classes. Given
/// back as coloring.given, they stay the same in pictures of other maps of the same rows.
[[nodiscard]] std::map<std::string, Color> settled_colors(std::span<const float> points, int dims,
                                                          const MapLabels& labels, const PictureOptions& options);

/// One process. Draws a map of 1, 2 or 3 dimensions; `points` holds rows of `dims` coordinates.
///   2 dimensions: a scatter of points, with the names of classes.
///   3 dimensions: three such scatters, seen along the axes, with the legend in the fourth corner where it fits.
///   1 dimension: a histogram stacked by color above a strip with all points, spread over its height at random.
/// One map unit has the same length in all directions. Axes have no ticks, as the positions in such a map have no
/// meaning but near or far. See fit_view for what is shown of maps with far points: a line below the map counts the
/// others, and so does a note. From nine classes on, colors are exchanged so that neighbors on the map are unlike.
/// Equal input gives equal scenes.
/// Throws Error (bad input) when there are no points, or positions that are not finite, or no such class to highlight.
[[nodiscard]] Scene compose(std::span<const float> points, int dims, const MapLabels& labels,
                            const PictureOptions& options);

}  // namespace distsne
