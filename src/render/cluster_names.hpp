/// The names of classes in the picture of a map.
#pragma once

#include <string>
#include <vector>

#include "render/class_places.hpp"
#include "render/names.hpp"
#include "render/style.hpp"

namespace distsne {

/// The text of a name, laid out.
struct NameText {
  std::size_t shade = 0;  ///< its class
  double font = 0.0;
  bool bold = false;
  double width = 0.0;
  double height = 0.0;
  std::vector<std::string> lines;
};

/// The names of the classes that have points in the picture (of highlighted ones only these), largest first; those of
/// more points have larger letters. Lines are at most `width` pixels long, or as single long words are, up to
/// 1.4 times that.
[[nodiscard]] std::vector<NameText> name_texts(const Coloring& coloring, const ClassMap& classes, double font,
                                               double width, bool bold);

/// Whether most classes, by their number and their points, have a place in the map where they are the most.
[[nodiscard]] bool have_places(const Coloring& coloring, const ClassMap& classes);

/// What stands where; anchors are scaled by `scale` about the panel's upper left corner.
[[nodiscard]] std::vector<Name> names_of(const std::vector<NameText>& texts, const ClassMap& classes, double scale);

/// Adds texts and leaders, moved right and down. `around`: in the colors of the classes, beginning or ending at the
/// map; else in ink, with a halo.
void draw_names(Scene& scene, const std::vector<NameText>& texts, const std::vector<PlacedName>& placed,
                const Coloring& coloring, const Style& style, bool around, double right, double down);

}  // namespace distsne
