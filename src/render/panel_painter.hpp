/// The map in one of its panels.
#pragma once

#include <functional>
#include <span>

#include "render/panels.hpp"
#include "render/picture.hpp"
#include "render/splat.hpp"
#include "render/view.hpp"

namespace distsne {

class PanelPainter {
 public:
  /// Keeps references to all but the options. `edge` pixels inside every panel stay free around the view.
  PanelPainter(std::span<const float> points, const View& view, const Coloring& coloring, const PanelLayout& layout,
               const PictureOptions& options, double edge);

  [[nodiscard]] GlobalIndex count() const;
  /// Where a point lies in the panel.
  [[nodiscard]] Place place(const Panel& panel, GlobalIndex row) const;
  [[nodiscard]] Raster paint(const Panel& panel) const;

 private:
  [[nodiscard]] double coordinate(GlobalIndex row, std::size_t axis) const;
  [[nodiscard]] double across(const Panel& panel, GlobalIndex row) const;
  [[nodiscard]] double fitted_radius(GlobalIndex points, const Panel& panel) const;

  std::span<const float> points_;
  const View& view_;
  const Coloring& coloring_;
  const PanelLayout& layout_;
  const PictureOptions& options_;
  double edge_;
};

/// The radius of the largest point that is fitted to a picture of this size.
[[nodiscard]] double largest_radius(int size);

}  // namespace distsne
