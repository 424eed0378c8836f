/// What a table of text looks like: its separator, heading and columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// What a column is taken for.
enum class ColumnRole { number, word, name, nothing };

struct TableLook {
  char separator = ',';
  bool decimal_comma = false;
  bool quotes = false;
  bool heading = false;
  std::uint64_t begin = 0;  ///< first row
  std::vector<std::string> names;
  std::vector<ColumnRole> roles;
  bool whole = true;          ///< all numbers among the first lines are, and 64 bits hold them
  std::string long_integers;  ///< a column of whole numbers of more digits than doubles hold; empty: none
  std::string dwarfing;       ///< a column of numbers that vary far more than all others; empty: none

  [[nodiscard]] GlobalIndex numbers() const;
};

/// Looks at the first lines. Without any column of numbers, the text is no table that can be embedded.
[[nodiscard]] TableLook look_at_table(std::string_view text);

/// Calls use(field, column) for the fields of a line, without quotes; `spare` holds those that had some.
template <class Use>
void for_fields(std::string_view line, char separator, bool quotes, std::string& spare, const Use& use) {
  std::size_t column = 0;
  for (;;) {
    if (separator == ' ') {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (line.empty() && column > 0) {
        return;
      }
    }
    if (quotes && line.starts_with('"')) {
      spare.clear();
      std::size_t place = 1;
      for (; place < line.size(); ++place) {
        if (line[place] != '"') {
          spare += line[place];
        } else if (place + 1 < line.size() && line[place + 1] == '"') {
          spare += line[place++];
        } else {
          break;
        }
      }
      use(std::string_view(spare), column++);
      const std::size_t end = line.find(separator, std::min(place, line.size()));
      if (end == std::string_view::npos) {
        return;
      }
      line.remove_prefix(end + 1);
      continue;
    }
    const std::size_t end = line.find(separator);
    use(line.substr(0, end), column++);
    if (end == std::string_view::npos) {
      return;
    }
    line.remove_prefix(end + 1);
  }
}

/// The field as a number. False where it is none; a missing one is NaN.
[[nodiscard]] bool number_of_field(std::string_view field, bool decimal_comma, double& value);
/// The same of whole numbers, to the last digit.
[[nodiscard]] bool number_of_field(std::string_view field, bool decimal_comma, std::int64_t& value);

}  // namespace distsne
