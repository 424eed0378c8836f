/// Maps out of results, in the forms that other programs take.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace distsne {

/// One process. Writes the map of the result `map` as `output`, which is either whole or what it was before: as a table
/// with a heading and everything that the result tells about the rows (.csv, .tsv), or as an array (.npy). Throws
/// Error: bad input when `map` is no result or the ending is another, I/O when writing fails.
void export_map(const std::string& map, const std::string& output);

/// Something about how a map was made.
using ExportValue = std::variant<bool, std::int64_t, double, std::string>;
struct ExportParameter {
  std::string name;
  ExportValue value;
};

/// One process. Writes `output` as the AnnData file `cells` with the map in obsm/X_tsne, and how it was made in
/// uns/tsne/params, as scanpy keeps it. `output` may be `cells` itself; it is whole at any moment, before or after.
/// Throws Error (bad input) when the rows are not those of the map: another number, or other names.
void export_into(const std::string& map, const std::string& cells, const std::string& output,
                 const std::vector<ExportParameter>& parameters);

}  // namespace distsne
