/// Drawing any number of points: each adds a disc of light to the pixels it covers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "render/coloring.hpp"
#include "render/raster.hpp"

namespace distsne {

/// In pixels from the left and from the top.
struct Place {
  double x = 0.0;
  double y = 0.0;
};

/// How many points lie over a pixel, as its opacity.
enum class Tone {
  logarithmic,  ///< nearly linear where points seldom overlap, with the logarithm where they crowd
  equalized     ///< by its rank among the pixels with points: equally many of each opacity
};

/// How points of one shade take part in the mixing.
struct Tint {
  std::array<float, 3> value{};  ///< from 0 to 1
  float favor = 1.0F;            ///< how much more than others they count
};

/// Sums over the discs that lie on each pixel, in integers: they are the same in whatever order and on whatever ranks
/// points are added.
class Canvas {
 public:
  struct Cell {
    static constexpr float one = 16777216.0F;  ///< what a disc adds to the cover of a pixel within it
    std::array<std::int64_t, 3> tint{};        ///< of the tints, each times its cover and its favor
    std::int64_t weight = 0;                   ///< of cover times favor
    std::int64_t cover = 0;
    /// How many discs lie over the pixel.
    [[nodiscard]] float overlap() const { return static_cast<float>(cover) / one; }
  };

  Canvas(int width, int height);
  /// A disc with smooth edges; what lies outside is left out.
  void add(const Place& place, float radius, const Tint& tint);
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }
  [[nodiscard]] std::vector<Cell>& cells() { return cells_; }

 private:
  int width_;
  int height_;
  std::vector<Cell> cells_;
};

/// Points as discs with smooth edges; memory grows with the pixels, not with the points. Shades that lie on top hide
/// the others; no other point hides one. A pixel's color mixes those of the points over it by their shares, where
/// points of small classes count more (the square root of how much smaller, up to 30 times); on a scale it is the color
/// of their mean number. Its opacity rises with the number of points over it: nearly linearly in pictures where points
/// seldom overlap, and with the logarithm where they crowd, up to full color for the densest 1 % of the covered pixels.
class PointsLayers {
 public:
  /// Keeps a reference to `coloring`.
  PointsLayers(const Coloring& coloring, int width, int height, double radius, double top_radius);
  void add(GlobalIndex point, const Place& place);
  /// The sums, to be added up over ranks.
  [[nodiscard]] Canvas& base() { return base_; }
  [[nodiscard]] std::optional<Canvas>& top() { return top_; }
  [[nodiscard]] Raster finish(Tone tone = Tone::logarithmic) const;

 private:
  const Coloring& coloring_;
  std::vector<Tint> tints_;
  float radius_;
  float top_radius_;
  Canvas base_;
  std::optional<Canvas> top_;
};

/// All points at once. Equal calls give equal bits.
[[nodiscard]] Raster draw_points(GlobalIndex count, const std::function<Place(GlobalIndex)>& place,
                                 const Coloring& coloring, double radius, int width, int height,
                                 std::optional<double> top_radius = std::nullopt, Tone tone = Tone::logarithmic);

}  // namespace distsne
