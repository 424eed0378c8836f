/// What reading rows, reading a graph and writing a map take.
#pragma once

#include "base/cost.hpp"

namespace distsne {

/// Of dense rows, kept in values of so many bytes.
[[nodiscard]] StageCost read_cost(double rows, double columns, double value_bytes, const Workplace& place);

/// Of sparse rows with so many entries in all.
[[nodiscard]] StageCost sparse_read_cost(double entries, double value_bytes, const Workplace& place);

/// Of a neighbor graph of `columns` neighbors of each row, of which `kept` are taken; `ordered`: its rows lie in the
/// order of the search, which takes them back into it.
[[nodiscard]] StageCost graph_read_cost(double rows, double columns, double kept, bool ordered, const Workplace& place);

/// Of a square sparse matrix of so many entries in each row.
[[nodiscard]] StageCost matrix_read_cost(double rows, double entries, double value_bytes, const Workplace& place);

/// Of an earlier map of so many rows, whose rows are found again among others by their names, on one process.
[[nodiscard]] StageCost earlier_map_cost(double earlier_rows, double rows, int dims, const Workplace& place);

/// Of a map.
[[nodiscard]] StageCost write_cost(double rows, const Workplace& place);

}  // namespace distsne
