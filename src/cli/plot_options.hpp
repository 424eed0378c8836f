/// The options of distsne plot.
#pragma once

#include <string>
#include <vector>

#include "base/option.hpp"
#include "io/result.hpp"
#include "render/picture.hpp"

namespace distsne {

/// Options of a picture, and those of the command beside them.
struct PlotOptions {
  std::vector<std::string> inputs;
  std::string output;
  std::vector<std::string> labels{"auto"};
  std::string title = "auto";
  std::string frame = "robust";
  std::string colors;
  std::string film;
  bool history = false;
  bool timings = false;
  bool no_legend = false;
  bool tiles = false;
  bool quiet = false;
  PictureOptions picture;
};

/// The table of options that sets them.
[[nodiscard]] Options plot_table(PlotOptions& options);

/// Sets what the texts say. Throws Error (bad input) where one has no meaning. Reads no files.
void finish_plot_options(PlotOptions& options);

/// Draws the snapshots of a result and writes them as --film asks for; returns what to tell the user. `picture` has
/// size and colors.
[[nodiscard]] std::string write_film(const PlotOptions& options, const ResultPicture& result, PictureOptions picture);

/// The colors of classes in a file: a JSON object of names and colors, or lines of a name, a tab or comma, and a color
/// "#RRGGBB" (a first line without one is taken for a heading). Throws Error (bad input) naming the line.
[[nodiscard]] std::map<std::string, Color> read_colors(const std::string& path);

}  // namespace distsne
