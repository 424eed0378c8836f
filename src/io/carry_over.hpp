/// What an input says about its rows, in the files that come of it.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "io/input.hpp"

namespace distsne {

/// One process. Copies what the input tells about its rows into the root of a file. From plain HDF5 files these are the
/// 1-D datasets with one entry a row beside the matrix, as they are. From others they are lists of 64-bit numbers or of
/// words in UTF-8, words that are categories with the attributes `categories` and, where the input has them, `colors`.
/// A name that is `taken` gets "input_" before it. Does nothing for an input without a path. Throws Error: I/O, or bad
/// input when the lists are damaged.
void carry_over(hid_t file, const InputDescription& input, const std::vector<std::string>& taken);

}  // namespace distsne
