/// Which part of the map a picture shows.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

struct Range {
  double low = 0.0;
  double high = 0.0;
  [[nodiscard]] double width() const { return high - low; }
};

/// The part of the map that is shown, with one range for each dimension.
struct View {
  std::vector<Range> axes;
  GlobalIndex outside = 0;  ///< points that lie beyond it
};

/// What is to be shown.
struct Frame {
  enum class Kind { robust, all, chosen };
  Kind kind = Kind::robust;
  std::vector<Range> axes;  ///< where it was chosen: a range for each dimension
};

/// robust: all points, unless a few are far out: a thousandth of the points on a side of a dimension, when they lie a
///   quarter of the width of the others beyond them, or three thousandths a whole width (or 5 points where that is
///   more, but never more than a hundredth). Those are left outside, so that they cannot shrink the map; the view ends
///   at the outermost of the others. No range is narrower than a third of the widest.
/// all: all points. chosen: the ranges as they are.
/// No range is empty. `points` holds rows of `dims` coordinates. Throws Error (bad input) when there are none, when a
/// coordinate is not a finite number, or when the chosen ranges are not one for each dimension.
[[nodiscard]] View fit_view(std::span<const float> points, int dims, const Frame& frame = {});

/// The range of single numbers, which must be finite and at least one, without extreme ones: farther out than twice the
/// width of the numbers without the outermost hundredth on either side.
[[nodiscard]] Range fit_range(std::vector<double> values);

}  // namespace distsne
