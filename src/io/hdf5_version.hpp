/// Which HDF5 reads and writes the files.
#pragma once

#include <string>

namespace distsne {

/// "1.10.8", of the library that is loaded.
[[nodiscard]] std::string hdf5_version();

}  // namespace distsne
