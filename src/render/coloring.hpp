/// Which color each point gets, and what the legend says about it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "render/color.hpp"
#include "render/color_map.hpp"
#include "render/number_scale.hpp"

namespace distsne {

/// One label for each point: numbers, or texts, or neither.
struct MapLabels {
  std::string name;
  std::span<const double> numbers;
  std::span<const std::string> texts;
};

/// What is drawn over the others.
enum class Order {
  automatic,  ///< points of rare classes, and the highest numbers (of a diverging color map the lowest, too)
  mixed,      ///< nothing: colors mix by their shares
  low,        ///< the lowest numbers, or the first classes
  high        ///< the highest numbers, or the last classes
};

struct ColoringOptions {
  bool dark = false;                   ///< on a dark background
  std::map<std::string, Color> given;  ///< colors of classes by name; the others get theirs from the palette
  std::vector<std::string> highlight;  ///< names of the only classes that keep their color; empty: all
  ScaleKind scale = ScaleKind::automatic;
  std::optional<Range> range;  ///< numbers of the lowest and the highest color
  ColorMap color_map = ColorMap::viridis;
  Order order = Order::automatic;
};

struct Coloring {
  enum class Kind {
    plain,    ///< one color for all
    classes,  ///< a color for each class
    scale     ///< a color for each of many numbers
  };

  Kind kind = Kind::plain;
  std::string name;                   ///< of the labels
  std::vector<std::uint16_t> shades;  ///< of each point, as an index into the colors; empty when plain
  std::vector<Color> colors;          ///< classes in their natural order, or from lowest to highest; missing comes last
  std::vector<GlobalIndex> counts;    ///< points of each shade
  std::vector<bool> on_top;           ///< shades that are drawn over the others
  std::vector<std::string> classes;   ///< names, in the order of the colors; empty unless kind is classes
  std::vector<bool> muted;            ///< classes that are grey beside the highlighted ones
  NumberScale scale;
  bool lower_values = false;  ///< some number lies below the range and has its lowest color
  bool higher_values = false;
  std::string note;  ///< for the user: why the labels could not be shown; empty when they were

  [[nodiscard]] std::size_t shade(GlobalIndex point) const {
    return shades.empty() ? 0 : shades[static_cast<std::size_t>(point)];
  }
  /// The shade of missing labels: empty texts, "nan" and "NaN", and numbers that are NaN or infinite
  /// (beyond 1e300).
  [[nodiscard]] std::size_t missing() const { return colors.size() - 1; }
};

/// Colors `rows` points. Texts are classes; so are up to 50 different numbers that are all integers, and up to 500
/// in labels that are called clusters, classes or the like. Other numbers get a scale. More than 500 different texts
/// cannot be told apart: all points get one color then. On a dark background the one color is a light one, and the
/// scale leaves out its darkest. Throws Error (bad input) when there is no class of a highlighted name.
[[nodiscard]] Coloring make_coloring(const MapLabels& labels, GlobalIndex rows, const ColoringOptions& options = {});

/// Whether `a` comes before `b` for a reader: runs of digits count as numbers, "c2" < "c10", and the
/// case of letters only where nothing else differs.
[[nodiscard]] bool natural_less(const std::string& a, const std::string& b);

}  // namespace distsne
