/// Some rows and columns of a file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/source.hpp"

namespace distsne {

struct Selection {
  /// Rows of a file that follow each other.
  struct Run {
    GlobalIndex begin = 0;  ///< in the file
    GlobalIndex count = 0;
    GlobalIndex first = 0;  ///< place of the first one among the chosen
  };
  std::vector<Run> runs;              ///< by rising rows
  std::vector<CompactIndex> columns;  ///< rising; empty: all
  GlobalIndex file_rows = 0;
  GlobalIndex file_columns = 0;

  [[nodiscard]] GlobalIndex rows() const { return runs.empty() ? 0 : runs.back().first + runs.back().count; }
  /// The row of the file that a chosen one is, and the same for columns.
  [[nodiscard]] GlobalIndex row_in_file(GlobalIndex row) const;
  [[nodiscard]] GlobalIndex column_in_file(GlobalIndex column) const;
};

/// One process. What the options choose of a file, as found without them; nothing where they choose all. Throws Error
/// (bad input) that names the option.
[[nodiscard]] std::shared_ptr<const Selection> select(const InputOptions& options, const InputDescription& found);

/// The source of the chosen rows and columns of a file.
[[nodiscard]] std::unique_ptr<RowSource> chosen_rows(std::unique_ptr<RowSource> file,
                                                     std::shared_ptr<const Selection> chosen);

}  // namespace distsne
