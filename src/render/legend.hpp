/// What the colors of a picture mean.
#pragma once

#include <vector>

#include "render/coloring.hpp"
#include "render/scene.hpp"

namespace distsne {

struct LegendStyle {
  double font = 0.0;  ///< height of letters in pixels
  Color ink;
  double width = 0.0;   ///< that it may take
  double height = 0.0;  ///< that it may take; 0: any
  std::size_t most_columns = 3;
};

/// Shapes beside the map, placed relative to its upper left corner.
struct Legend {
  double width = 0.0;  ///< 0 when there is nothing to explain
  double height = 0.0;
  bool fits = true;  ///< within the style's limits
  Scene shapes;
};

/// Classes get a disc and their name, in their order, in the fewest columns that fit; long names are wrapped. Those
/// with `named[class]` are left out (none when it is empty). Highlighted classes are followed by one entry for all
/// others. A scale gets a bar with round numbers beside it.
[[nodiscard]] Legend make_legend(const Coloring& coloring, const LegendStyle& style, const std::vector<bool>& named);

/// Adds the shapes of `part` to `scene`, moved right and down.
void place_shapes(Scene& scene, const Scene& part, double right, double down);

}  // namespace distsne
