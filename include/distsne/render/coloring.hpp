/// Which color each point gets, and what the legend says about it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/render/color.hpp"
#include "distsne/render/view.hpp"

namespace distsne {

/// One label for each point: numbers, or texts, or neither.
struct MapLabels {
  std::string name;
  std::span<const double> numbers;
  std::span<const std::string> texts;
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
  std::vector<std::string> classes;   ///< names, in the order of the colors; empty unless kind is classes
  Range range;                        ///< numbers of the lowest and the highest color
  bool lower_values = false;          ///< some number lies below the range and has its lowest color
  bool higher_values = false;
  std::string note;  ///< for the user: why the labels could not be shown; empty when they were

  [[nodiscard]] std::size_t shade(GlobalIndex point) const {
    return shades.empty() ? 0 : shades[static_cast<std::size_t>(point)];
  }
  /// The shade of missing labels: empty texts, "nan" and "NaN", and numbers that are NaN or infinite
  /// (beyond 1e300).
  [[nodiscard]] std::size_t missing() const { return colors.size() - 1; }
};

/// Colors `rows` points. Texts are classes; so are up to 50 different numbers that are all integers. Other numbers get
/// a scale over fit_range of them. More than 500 different texts cannot be told apart: all points get one color then.
/// On a dark background
/// the one color is a light one, and the scale leaves out its darkest.
[[nodiscard]] Coloring make_coloring(const MapLabels& labels, GlobalIndex rows, bool dark);

/// Whether `a` comes before `b` for a reader: runs of digits count as numbers, "c2" < "c10", and the
/// case of letters only where nothing else differs.
[[nodiscard]] bool natural_less(const std::string& a, const std::string& b);

}  // namespace distsne
