/// Finding the matrix in an HDF5 file.
#pragma once

#include <string>
#include <vector>

#include "distsne/io/input.hpp"

namespace distsne {

/// One process. Opens the file, finds the dataset and checks its shape and type; throws Error (bad input) with a
/// message for the user when there is nothing that can be read.
[[nodiscard]] InputDescription find_dataset(const InputOptions& options);

/// One process. Names of the 1-D datasets with `rows` entries that lie in the same group as `dataset`.
[[nodiscard]] std::vector<std::string> row_datasets_beside(const std::string& path, const std::string& dataset,
                                                           GlobalIndex rows);

}  // namespace distsne
