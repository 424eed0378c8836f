/// A map as a whole on one process, its rows by name, and the same file with other places.
#pragma once

#include <string>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// A map in memory.
struct MapRows {
  GlobalIndex rows = 0;
  int dims = 0;
  std::vector<double> places;      ///< rows x dims
  std::vector<std::string> names;  ///< of the rows; empty where the file has none
};

/// One process. `names`: the dataset that holds the names of the rows, words or numbers; empty: row_names where the
/// file has it. Throws Error (bad input) when the file is no map, or has no such dataset.
[[nodiscard]] MapRows read_map_rows(const std::string& path, const std::string& names);

/// What is told of a map that was laid on another.
struct Alignment {
  std::string fixed;          ///< the file of the other
  double scale = 1.0;         ///< what the map was multiplied with
  double residual = 0.0;      ///< root mean square of the drift of common rows
  std::vector<double> drift;  ///< of each row, its distance to its place in the other map; NaN where it has none
};

/// One process. Writes `output` as a copy of the result `map` with other places (rows x dims), the dataset /drift and
/// the attributes aligned_to, alignment_scale and alignment_residual; it is either whole or what it was before. Throws
/// Error (I/O) when writing fails.
void write_moved_map(const std::string& map, const std::string& output, const std::vector<double>& places,
                     const Alignment& told);

}  // namespace distsne
