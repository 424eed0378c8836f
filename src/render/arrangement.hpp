/// Where panels, names and legend lie in a picture.
#pragma once

#include "render/cluster_names.hpp"
#include "render/legend.hpp"
#include "render/panels.hpp"
#include "render/picture.hpp"
#include "render/view.hpp"

namespace distsne {

/// What there is to arrange, and how much room there is for it.
struct Contents {
  const View& view;
  const Coloring& coloring;
  const ClassMap& classes;   ///< as they lie in `whole`; empty: no names
  const PanelLayout& whole;  ///< the panels when they have all the room
  const PictureOptions& options;
  const Style& style;
  double width = 0.0;
  double height = 0.0;  ///< without a legend below
  double edge = 0.0;    ///< free pixels inside every panel
};

struct Arrangement {
  PanelLayout panels;
  double panels_x = 0.0;
  double panels_y = 0.0;
  std::vector<NameText> texts;
  std::vector<PlacedName> names;  ///< relative to the panels
  bool around = false;
  Legend legend;
  double legend_x = 0.0;
  double legend_y = 0.0;
  double width = 0.0;
  double height = 0.0;
};

/// Names on the map where they are wanted and fit, or around it; the legend of what is not named in the panels' free
/// corner, beside them, or below.
[[nodiscard]] Arrangement arrange(const Contents& contents);

}  // namespace distsne
