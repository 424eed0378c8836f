/// Summing discs over pixels, then turning sums into colors and opacities.
#include "render/splat.hpp"

#include <algorithm>
#include <cmath>

namespace distsne {
namespace {

constexpr double most_favor = 30.0;        // how much more a point of a small class counts in mixing
constexpr float largest_shade = 65536.0F;  // shades of a scale are divided by it, so that no tint passes 1
constexpr double densest_share = 0.01;     // of covered pixels, drawn in full color
constexpr float covered = 0.5F;            // points over a pixel from which it takes part in that share
constexpr float lone_opacity = 0.88F;      // of one point where points seldom overlap ...
constexpr float crowd_opacity = 0.5F;      // ... and in the midst of a crowd, where it must leave room for more
constexpr float opacity_falls = 0.1F;      // from the one to the other, for each doubling of the densest overlap

/// Classes mix as light. On a scale the shade itself is averaged, and missing numbers only cover.
std::vector<Tint> tints_of(const Coloring& coloring) {
  std::vector<Tint> tints(coloring.colors.size());
  const bool scale = coloring.kind == Coloring::Kind::scale;
  const GlobalIndex most = *std::max_element(coloring.counts.begin(), coloring.counts.end());
  for (std::size_t shade = 0; shade < tints.size(); ++shade) {
    if (scale) {
      const bool missing = shade == coloring.missing();
      tints[shade].favor = missing ? 0.0F : 1.0F;
      tints[shade].value[0] = static_cast<float>(shade) / largest_shade;
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

/// From how many points lie over a pixel to its opacity.
class ToneCurve {
 public:
  ToneCurve(const std::vector<Canvas::Cell>& cells, Tone tone) {
    std::vector<float> covers;
    for (const Canvas::Cell& cell : cells) {
      if (cell.overlap() >= covered) {
        covers.push_back(cell.overlap());
      }
    }
    if (!covers.empty()) {
      const auto rank = static_cast<std::ptrdiff_t>((1.0 - densest_share) * static_cast<double>(covers.size() - 1));
      std::nth_element(covers.begin(), covers.begin() + rank, covers.end());
      dense_ = std::max(dense_, covers[static_cast<std::size_t>(rank)]);
    }
    if (tone == Tone::equalized) {
      std::sort(covers.begin(), covers.end());
      ranked_ = std::move(covers);
    }
    one_ = std::max(crowd_opacity, lone_opacity - opacity_falls * std::log2(dense_ / least_dense));
  }

  [[nodiscard]] float opacity(float cover) const {
    if (!ranked_.empty()) {
      const auto below = std::upper_bound(ranked_.begin(), ranked_.end(), cover) - ranked_.begin();
      const float rank = static_cast<float>(below) / static_cast<float>(ranked_.size());
      return std::min(1.0F, cover / covered) * (least_equalized + (1.0F - least_equalized) * rank);
    }
    if (cover <= 1.0F) {
      return one_ * cover;
    }
    return std::min(1.0F, one_ + (1.0F - one_) * std::log(cover) / std::log(dense_));
  }

 private:
  static constexpr float least_dense = 3.0F;
  static constexpr float least_equalized = 0.2F;
  std::vector<float> ranked_;  // covers in order, where opacity goes by rank
  float dense_ = least_dense;  // points over a pixel that has full color
  float one_ = 0.0F;           // opacity of a single point
};

Color color_of(const Canvas::Cell& cell, const Coloring& coloring) {
  const auto weight = static_cast<double>(cell.weight);
  const auto share = [&](std::size_t c) { return static_cast<double>(cell.tint[c]) / weight; };
  if (coloring.kind != Coloring::Kind::scale) {
    return from_light({static_cast<float>(share(0)), static_cast<float>(share(1)), static_cast<float>(share(2))});
  }
  if (cell.weight == 0) {
    return missing_color;
  }
  const auto known = static_cast<float>(weight / static_cast<double>(cell.cover));
  const auto place = static_cast<std::size_t>(share(0) * largest_shade + 0.5);
  Light light = to_light(coloring.colors[std::min(place, coloring.missing() - 1)]);
  const Light missing = to_light(missing_color);
  for (std::size_t c = 0; c < 3; ++c) {
    light[c] = known * light[c] + (1.0F - known) * missing[c];
  }
  return from_light(light);
}

std::uint32_t over(std::uint32_t upper, std::uint32_t lower) {
  const std::uint32_t rest = 255U - (upper >> 24U);
  std::uint32_t result = 0;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    const std::uint32_t channel = (upper >> shift & 0xFFU) + ((lower >> shift & 0xFFU) * rest + 127U) / 255U;
    result |= std::min(channel, 255U) << shift;
  }
  return result;
}

}  // namespace

Canvas::Canvas(int width, int height) : width_(width), height_(height), cells_(checked_product(width, height)) {}

void Canvas::add(const Place& place, float radius, const Tint& tint) {
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
        const float weight = cover * tint.favor * Cell::one;
        for (std::size_t c = 0; c < 3; ++c) {
          cell.tint[c] += static_cast<std::int64_t>(weight * tint.value[c]);
        }
        cell.weight += static_cast<std::int64_t>(weight);
        cell.cover += static_cast<std::int64_t>(cover * Cell::one);
      }
    }
  }
}

PointsLayers::PointsLayers(const Coloring& coloring, int width, int height, double radius, double top_radius)
    : coloring_(coloring),
      tints_(tints_of(coloring)),
      radius_(static_cast<float>(radius)),
      top_radius_(static_cast<float>(top_radius)),
      base_(width, height) {
  if (std::find(coloring.on_top.begin(), coloring.on_top.end(), true) != coloring.on_top.end()) {
    top_.emplace(width, height);
  }
}

void PointsLayers::add(GlobalIndex point, const Place& place) {
  const std::size_t shade = coloring_.shade(point);
  const bool on_top = top_ && coloring_.on_top[shade];
  (on_top ? *top_ : base_).add(place, on_top ? top_radius_ : radius_, tints_[shade]);
}

Raster PointsLayers::finish(Tone tone) const {
  const auto paint = [this, tone](const Canvas& canvas) {
    const ToneCurve curve(canvas.cells(), tone);
    Raster raster(canvas.width(), canvas.height());
    for (std::size_t i = 0; i < raster.pixels.size(); ++i) {
      const Canvas::Cell& cell = canvas.cells()[i];
      if (cell.cover > 0) {
        raster.pixels[i] = pixel_of(color_of(cell, coloring_), curve.opacity(cell.overlap()));
      }
    }
    return raster;
  };
  Raster raster = paint(base_);
  if (top_) {
    const Raster upper = paint(*top_);
    for (std::size_t i = 0; i < raster.pixels.size(); ++i) {
      raster.pixels[i] = over(upper.pixels[i], raster.pixels[i]);
    }
  }
  return raster;
}

Raster draw_points(GlobalIndex count, const std::function<Place(GlobalIndex)>& place, const Coloring& coloring,
                   double radius, int width, int height, std::optional<double> top_radius, Tone tone) {
  PointsLayers layers(coloring, width, height, radius, top_radius.value_or(radius));
  for (GlobalIndex point = 0; point < count; ++point) {
    layers.add(point, place(point));
  }
  return layers.finish(tone);
}

}  // namespace distsne
