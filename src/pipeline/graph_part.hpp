/// Parts of a neighbor graph for maps that need less of it.
#pragma once

#include "distsne/data/neighbor_graph.hpp"
#include "distsne/data/sparse_matrix.hpp"

namespace distsne {

/// Not collective. The same graph with the k nearest of its neighbors only; it has at least as many.
[[nodiscard]] NeighborGraph nearest_of(const NeighborGraph& graph, LocalIndex k);

/// Not collective. The distances to the k nearest neighbors as a square matrix, in the order of the graph.
template <class Real>
[[nodiscard]] SparseMatrix<Real> matrix_of(const NeighborGraph& graph, LocalIndex k);

extern template SparseMatrix<float> matrix_of(const NeighborGraph&, LocalIndex);
extern template SparseMatrix<double> matrix_of(const NeighborGraph&, LocalIndex);

}  // namespace distsne
