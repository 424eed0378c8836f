/// distsne plot MAP -o map.html: the page on which the map is explored.
#pragma once

#include <map>
#include <string>

#include "render/color.hpp"

namespace distsne {

/// What the page takes of the options of distsne plot.
struct PlotPage {
  std::string input;
  std::string output;
  std::string labels;                   ///< as in the option: auto, none, or a name
  std::string title;                    ///< auto, none, or a text
  std::map<std::string, Color> colors;  ///< of classes, whatever the map says
  bool dark = false;
  bool tiles = false;  ///< in a folder beside the page, however few points there are
  bool quiet = false;
};

/// Whether a file of this name is a page: it ends in .html or .htm.
[[nodiscard]] bool is_page(const std::string& output);

/// One process. Reads the map, piece by piece, and writes its page. Throws Error.
void plot_page(const PlotPage& plot);

}  // namespace distsne
