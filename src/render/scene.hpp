/// A picture as a list of shapes, before it becomes a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/raster.hpp"

namespace distsne {

// All places and lengths are pixels, from the left and from the top.

/// A raster with its upper left corner at (x, y).
struct ImageShape {
  double x = 0.0;
  double y = 0.0;
  Raster raster;
};

/// A rectangle that runs through the colors from its lower to its upper edge.
struct BarShape {
  double x = 0.0;
  double y = 0.0;
  double width = 0.0;
  double height = 0.0;
  std::vector<Color> colors;
};

struct LineShape {
  double x1 = 0.0;
  double y1 = 0.0;
  double x2 = 0.0;
  double y2 = 0.0;
  double width = 1.0;
  Color color;
};

struct DiscShape {
  double x = 0.0;  ///< of its center
  double y = 0.0;
  double radius = 0.0;
  Color color;
};

/// Which part of a text lies at its x.
enum class Align { begin, middle, end };

/// Width of a halo's stroke for letters of size 1.
inline constexpr double halo_width = 0.28;

/// One line of clean text.
struct TextShape {
  double x = 0.0;
  double y = 0.0;     ///< of the line that letters stand on
  double size = 0.0;  ///< height of a line's letters, as in "12 pixel type"
  std::string text;
  Color color;
  bool bold = false;
  Align align = Align::begin;
  std::optional<Color> halo;  ///< around the letters, so that they can be read on any ground
};

/// Shapes are drawn in the order of the members.
struct Scene {
  int width = 0;
  int height = 0;
  double dots_per_inch = 200.0;     ///< pixels of an inch in print
  std::optional<Color> background;  ///< empty: transparent
  std::vector<ImageShape> images;
  std::vector<BarShape> bars;
  std::vector<LineShape> lines;
  std::vector<DiscShape> discs;
  std::vector<TextShape> texts;
  std::string colored_by;          ///< name of the labels that the colors show; empty: none
  std::vector<std::string> notes;  ///< what the user should know about the picture; not drawn
};

}  // namespace distsne
