/// Summing discs over pixels, then turning sums into colors and opacities.
#include "distsne/render/splat.hpp"

#include <algorithm>
#include <cmath>

namespace distsne {
namespace {

constexpr double most_favor = 30.0;     // how much more a point of a small class counts in mixing
constexpr double densest_share = 0.01;  // of covered pixels, drawn in full color
constexpr float covered = 0.5F;         // points over a pixel from which it takes part in that share
constexpr float lone_opacity = 0.88F;   // of one point where points seldom overlap ...
constexpr float crowd_opacity = 0.5F;   // ... and in the midst of a crowd, where it must leave room for more
constexpr float opacity_falls = 0.1F;   // from the one to the other, for each doubling of the densest overlap

/// What fell on a pixel.
struct Cell {
  std::array<float, 3> tint{};  // sums of the tints of points, each times its cover and its favor
  float tint_weight = 0.0F;
  float cover = 0.0F;  // how many discs lie over the pixel
};

/// How points of one shade take part in the mixing.
struct Tint {
  std::array<float, 3> value{};
  float favor = 1.0F;
};

/// Classes mix as light. On a scale the shade itself is averaged, and missing numbers only cover.
std::vector<Tint> tints_of(const Coloring& coloring) {
  std::vector<Tint> tints(coloring.colors.size());
  const bool scale = coloring.kind == Coloring::Kind::scale;
  const GlobalIndex most = *std::max_element(coloring.counts.begin(), coloring.counts.end());
  for (std::size_t shade = 0; shade < tints.size(); ++shade) {
    if (scale) {
      const bool missing = shade == coloring.missing();
      tints[shade].favor = missing ? 0.0F : 1.0F;
      tints[shade].value[0] = static_cast<float>(shade);
    } else {
      tints[shade].value = to_light(coloring.colors[shade]);
      const double ratio =
          static_cast<double>(most) / static_cast<double>(std::max<GlobalIndex>(1, coloring.counts[shade]));
      tints[shade].favor = static_cast<float>(std::min(most_favor, std::sqrt(ratio)));
    }
  }
  if (coloring.kind == Coloring::Kind::classes) {
    tints.back().favor = 1.0F;  // missing labels are no class that should be seen
  }
  return tints;
}

/// The discs over the whole raster.
class Canvas {
 public:
  Canvas(int width, int height) : width_(width), height_(height), cells_(checked_product(width, height)) {}

  void add(const Place& place, float radius, const Tint& tint) {
    const float reach = radius + 0.5F;
    const auto x = static_cast<float>(place.x);
    const auto y = static_cast<float>(place.y);
    if (!(x > -reach && y > -reach && x < static_cast<float>(width_) + reach &&
          y < static_cast<float>(height_) + reach)) {
      return;
    }
    const int left = std::max(0, static_cast<int>(std::floor(x - reach)));
    const int right = std::min(width_ - 1, static_cast<int>(std::floor(x + reach)));
    const int top = std::max(0, static_cast<int>(std::floor(y - reach)));
    const int bottom = std::min(height_ - 1, static_cast<int>(std::floor(y + reach)));
    for (int row = top; row <= bottom; ++row) {
      Cell* const cells = cells_.data() + static_cast<std::ptrdiff_t>(row) * width_;
      const float dy = static_cast<float>(row) + 0.5F - y;
      for (int column = left; column <= right; ++column) {
        const float dx = static_cast<float>(column) + 0.5F - x;
        const float cover = std::min(1.0F, reach - std::sqrt(dx * dx + dy * dy));
        if (cover > 0.0F) {
          Cell& cell = cells[column];
          const float weight = cover * tint.favor;
          for (std::size_t c = 0; c < 3; ++c) {
            cell.tint[c] += weight * tint.value[c];
          }
          cell.tint_weight += weight;
          cell.cover += cover;
        }
      }
    }
  }

  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }

 private:
  int width_;
  int height_;
  std::vector<Cell> cells_;
};

/// From how many points lie over a pixel to its opacity.
class ToneCurve {
 public:
  explicit ToneCurve(const std::vector<Cell>& cells) {
    std::vector<float> covers;
    for (const Cell& cell : cells) {
      if (cell.cover >= covered) {
        covers.push_back(cell.cover);
      }
    }
    if (!covers.empty()) {
      const auto rank = static_cast<std::ptrdiff_t>((1.0 - densest_share) * static_cast<double>(covers.size() - 1));
      std::nth_element(covers.begin(), covers.begin() + rank, covers.end());
      dense_ = std::max(dense_, covers[static_cast<std::size_t>(rank)]);
    }
    one_ = std::max(crowd_opacity, lone_opacity - opacity_falls * std::log2(dense_ / least_dense));
  }

  [[nodiscard]] float opacity(float cover) const {
    if (cover <= 1.0F) {
      return one_ * cover;
    }
    return std::min(1.0F, one_ + (1.0F - one_) * std::log(cover) / std::log(dense_));
  }

 private:
  static constexpr float least_dense = 3.0F;
  float dense_ = least_dense;  // points over a pixel that has full color
  float one_ = 0.0F;           // opacity of a single point
};

Color color_of(const Cell& cell, const Coloring& coloring) {
  if (coloring.kind != Coloring::Kind::scale) {
    return from_light(
        {cell.tint[0] / cell.tint_weight, cell.tint[1] / cell.tint_weight, cell.tint[2] / cell.tint_weight});
  }
  const float known = cell.tint_weight / cell.cover;
  if (known <= 0.0F) {
    return missing_color;
  }
  const float place = cell.tint[0] / cell.tint_weight + 0.5F;
  Light light = to_light(coloring.colors[std::min(static_cast<std::size_t>(place), coloring.missing() - 1)]);
  const Light missing = to_light(missing_color);
  for (std::size_t c = 0; c < 3; ++c) {
    light[c] = known * light[c] + (1.0F - known) * missing[c];
  }
  return from_light(light);
}

}  // namespace

Raster draw_points(GlobalIndex count, const std::function<Place(GlobalIndex)>& place, const Coloring& coloring,
                   double radius, int width, int height) {
  const std::vector<Tint> tints = tints_of(coloring);
  Canvas canvas(width, height);
  for (GlobalIndex point = 0; point < count; ++point) {
    canvas.add(place(point), static_cast<float>(radius), tints[coloring.shade(point)]);
  }
  const ToneCurve tone(canvas.cells());
  Raster raster(width, height);
  for (std::size_t i = 0; i < raster.pixels.size(); ++i) {
    const Cell& cell = canvas.cells()[i];
    if (cell.cover > 0.0F) {
      raster.pixels[i] = pixel_of(color_of(cell, coloring), tone.opacity(cell.cover));
    }
  }
  return raster;
}

}  // namespace distsne
