/// What an input says about its rows, in the files that come of it.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "distsne/io/input.hpp"

namespace distsne {

/// One process. Copies the 1-D datasets with one entry a row that lie beside the input's matrix into the root of a
/// file; those whose names are `taken` get an `input_` before them. Does nothing for an input without a path. Throws
/// Error (I/O).
void carry_over(hid_t file, const InputDescription& input, const std::vector<std::string>& taken);

}  // namespace distsne
