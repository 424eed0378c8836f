/// Compression of HDF5 datasets beyond what the library brings itself.
#pragma once

#include <hdf5.h>

#include <string>

namespace distsne {

/// Once in a process, before HDF5 is used: keeps it from printing error stacks, which name internals, and lets it read
/// LZF, h5py's own compression, and the filters of Debian's packages hdf5-filter-plugin*.
void set_up_hdf5();

/// Throws Error (bad input) where values of a dataset are packed by a filter that is not there: names it, and what to
/// install. `place` names the dataset.
void require_filters(hid_t dataset, const std::string& place);

}  // namespace distsne
