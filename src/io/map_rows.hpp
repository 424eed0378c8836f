/// A map as a whole on one process, its rows by name, and the same file with other places.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "io/input.hpp"

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

/// The rows of a map without their places.
struct MapRowNames {
  GlobalIndex rows = 0;
  std::vector<std::string> names;  ///< empty where the file has none
};

/// One process. The same without the places.
[[nodiscard]] MapRowNames read_map_row_names(const std::string& path, const std::string& names);

/// One process. What an input calls its rows, words or numbers: the annotation `names`, or where that is empty
/// row_names, if it has it; empty where it has none. Throws Error (bad input) when it has no annotation `names`.
[[nodiscard]] std::vector<std::string> read_row_names(const InputDescription& input, const std::string& names);

/// Rows of a file and their names, if it has any.
struct NamedRows {
  const std::string& path;
  GlobalIndex rows = 0;
  std::span<const std::string> names;
};

/// In place of a row that is not there.
inline constexpr GlobalIndex no_row = -1;

/// One process. For each row of `moving` the row of `fixed` that is the same, by name, or by place where not both have
/// names; no_row where there is none. Throws Error (bad input) when a name repeats, and when files of different numbers
/// of rows have no names.
[[nodiscard]] std::vector<GlobalIndex> common_rows(const NamedRows& fixed, const NamedRows& moving);

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
