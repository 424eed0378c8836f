/// Reading words.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string>
#include <vector>

namespace distsne {

/// One process. `count` entries of a 1-D dataset of strings, of fixed or of any length, from `first` on; fixed ones
/// without what pads them. Throws Error (I/O) with `failure`.
[[nodiscard]] std::vector<std::string> read_strings(hid_t dataset, hid_t type, std::size_t first, std::size_t count,
                                                    const std::string& failure);

}  // namespace distsne
