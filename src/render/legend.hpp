/// What the colors of a picture mean.
#pragma once

#include "distsne/render/coloring.hpp"
#include "distsne/render/scene.hpp"

namespace distsne {

struct LegendStyle {
  double font = 0.0;  ///< height of letters in pixels
  Color ink;
  double most_width = 0.0;   ///< of one column of names; longer names are shortened
  double most_height = 0.0;  ///< columns are added, and at last names left out, until it fits
};

/// Shapes beside the map, placed relative to its upper left corner.
struct Legend {
  double width = 0.0;  ///< 0 when there is nothing to explain
  double height = 0.0;
  Scene shapes;
};

/// Classes get a disc and their name, in their order; up to 30 of them, those with the most points, and a line that
/// counts the others. A scale gets a bar with round numbers beside it.
[[nodiscard]] Legend make_legend(const Coloring& coloring, const LegendStyle& style);

/// Up to about `most` round numbers (1, 2 or 5 times a power of ten apart) within a range that is not empty.
[[nodiscard]] std::vector<double> round_numbers(const Range& range, int most);

/// Adds the shapes of `part` to `scene`, moved right and down.
void place_shapes(Scene& scene, const Scene& part, double right, double down);

}  // namespace distsne
