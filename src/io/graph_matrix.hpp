/// Square sparse matrices as neighbor graphs.
#pragma once

#include "io/graph.hpp"

namespace distsne {

/// One process. The matrix that a graph is to be taken from. Throws Error (bad input) with a message for the user when
/// there is none, several, or one that is not square or not sparse.
[[nodiscard]] InputDescription find_graph_matrix(const InputOptions& file, GraphUse use);

/// One process. Whether an HDF5 file has neighbors as `distsne neighbors` writes them.
[[nodiscard]] bool has_neighbor_lists(const std::string& path);

}  // namespace distsne
