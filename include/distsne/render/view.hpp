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

/// All points, unless some are extreme: farther out than twice the width of the map without its outermost 1 % on either
/// side. Those are left outside, so that they cannot shrink the map to a dot; the view ends at the outermost of the
/// others. No range is narrower than a third of the widest, and none is empty.
/// `points` holds rows of `dims` coordinates. Throws Error (bad input) when there are none, or when a coordinate is not
/// a finite number.
[[nodiscard]] View fit_view(std::span<const float> points, int dims);

/// The same rule for single numbers, which must be finite and at least one.
[[nodiscard]] Range fit_range(std::vector<double> values);

}  // namespace distsne
