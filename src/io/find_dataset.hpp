/// Finding the matrix in an HDF5 file.
#pragma once

#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"
#include "io/input.hpp"

namespace distsne {

/// One process. Throws Error (bad input) with a message for the user where there is no file that can be read.
void require_readable(const std::string& path);

/// One process. Opens an HDF5 file for reading; throws Error (bad input) with a message for the user.
[[nodiscard]] Hdf5Handle open_input_file(const std::string& path);

/// Has a place in the file, or needs none. One that was made and never written reads as zeros, however large it says it
/// is.
[[nodiscard]] bool is_written_dataset(hid_t dataset);

/// One process. Opens the file, finds the dataset and checks its shape and type; throws Error (bad input) with a
/// message for the user when there is nothing that can be read.
[[nodiscard]] InputDescription find_dataset(const InputOptions& options);

/// One process. Names of the 1-D datasets with `rows` entries that lie in the same group as `dataset`.
[[nodiscard]] std::vector<std::string> row_datasets_beside(const std::string& path, const std::string& dataset,
                                                           GlobalIndex rows);

}  // namespace distsne
