/// Data sets for benchmarks, by name.
#pragma once

#include <string>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne::bench {

/// What data names may be, for --help.
inline constexpr const char* data_names =
    "FILE (HDF5, reduced to 50 principal components), mixture:N:D (100 Gaussians), noise:N:D (uniform), or "
    "patches:FILE:N (7 x 7 patches of images of 28 x 28)";

/// Collective. The rows of this rank.
DistributedMatrix<float> make_data(const Communicator& comm, const std::string& name);

}  // namespace distsne::bench
