/// Which dataset of a result its picture is colored by.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "distsne/base/types.hpp"

namespace distsne {

/// One process. The 1-D datasets of `rows` values beside /embedding, and those below /quality ("quality/NAME").
[[nodiscard]] std::vector<std::string> columns_beside_map(const std::string& path, GlobalIndex rows);

/// One process. That of these columns which is called `wanted`. Where that is empty, of those beside /embedding:
/// the first with a usual name (cell_type, labels, cluster, ...); else strings of 2 to 200 different values, or up to
/// 500 of at least four rows each; else integers of at most 50; else other numbers; judged by their first 20,000
/// entries. Names of rows, which are all different, are never chosen. Empty when there is nothing suitable. Throws
/// Error (bad input) when there is no `wanted`.
[[nodiscard]] std::string choose_labels(hid_t file, const std::string& path, const std::string& wanted,
                                        GlobalIndex rows);

}  // namespace distsne
