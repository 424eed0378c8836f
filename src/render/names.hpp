/// Where the names of clusters are written: on the map, or around it with lines that lead to their clusters.
#pragma once

#include <optional>
#include <vector>

#include "render/splat.hpp"

namespace distsne {

// All places and lengths in pixels.

struct Box {
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;
  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
};

[[nodiscard]] bool overlap(const Box& a, const Box& b, double gap = 0.0);

struct Segment {
  Place from;
  Place to;
};

/// Whether two lines meet; ends that lie on the other line count.
[[nodiscard]] bool cross(const Segment& a, const Segment& b);
/// Whether a line has a part within the box.
[[nodiscard]] bool cross(const Segment& line, const Box& box);

/// A name to be placed; where several cannot all be, the first ones are.
struct Name {
  Place anchor;  ///< what it names
  double width = 0.0;
  double height = 0.0;
  /// On the map: how far below the anchor it is to begin, or above it at the lower edge; 0: it stands over the anchor.
  double clear = 0.0;
};

struct PlacedName {
  std::size_t name = 0;  ///< its number in the list
  Box box;
  bool right_of_map = false;      ///< around the map: on which side
  std::optional<Segment> leader;  ///< from the box to the anchor
};

/// Names at their anchors, or below or above, moved apart where they would overlap; those that had to be moved have a
/// leader. Empty when they do not all fit: boxes within the frame, without overlaps or crossings, none farther than
/// `farthest` from where it is to be.
[[nodiscard]] std::optional<std::vector<PlacedName>> place_names_on_map(const std::vector<Name>& names,
                                                                        const Box& frame, double gap, double farthest);

/// Names left and right of the map, along a curve around it at a distance of `reach`. Leaders have about the least
/// total length (an optimal assignment to places along the curve), and don't cross each other or names; nothing
/// overlaps and all lies within the frame. Names for which there is no such place are left out, the last ones first.
[[nodiscard]] std::vector<PlacedName> place_names_around_map(const std::vector<Name>& names, const Box& map,
                                                             const Box& frame, double reach, double gap);

/// The cheapest assignment of rows to different columns, of which there must be as many at least: the column of each
/// row (Hungarian method, Kuhn 1955, with shortest augmenting paths). `cost` has a vector for each row.
[[nodiscard]] std::vector<std::size_t> cheapest_assignment(const std::vector<std::vector<double>>& cost);

}  // namespace distsne
