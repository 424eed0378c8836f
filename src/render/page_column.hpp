/// A column of a page: what kind it is, and its values tile by tile.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "render/page.hpp"
#include "render/page_colors.hpp"

namespace distsne {

/// Holds one column of a map in the form that the page has it:
///   classes  a dictionary in natural order, and for each row a place in it; the place after the last: missing
///   numbers  integers as their difference from the lowest, else the first 24 bits of a float
///   names    words that are mostly different
/// Words are classes when there are at most 500 different ones, or at most 65,000 and four rows for each; numbers when
/// they are integers of at most 50 values, as in pictures.
class ColumnOfPage {
 public:
  /// `sample` tells which classes are neighbors on the map.
  ColumnOfPage(const PageMap& map, const PageColumn& column, const SampledPlaces& sample);

  /// What the page's script needs to know about the column.
  [[nodiscard]] const nlohmann::json& facts() const { return facts_; }
  /// The values of some rows: planes of bytes, or names each ended by a zero byte.
  [[nodiscard]] std::string encode(std::span<const CompactIndex> rows) const;

 private:
  void read_words(const PageMap& map, const PageColumn& column, const SampledPlaces& sample);
  void read_numbers(const PageMap& map, const PageColumn& column, const SampledPlaces& sample);
  void keep_names(const std::vector<std::string>& names);
  void set_classes(const std::vector<std::string>& sorted, const std::vector<std::uint32_t>& place_of,
                   const std::map<std::string, Color>& given, const SampledPlaces& sample);
  void set_integers(std::span<const double> numbers, double low, double high);
  void set_floats(std::span<const double> numbers);

  nlohmann::json facts_;
  int bytes_ = 1;                      ///< of a value
  std::vector<std::uint32_t> values_;  ///< of each row, unless they are names
  std::string names_;                  ///< one after the other
  std::vector<std::uint64_t> ends_;    ///< of the names
};

}  // namespace distsne
