/// Copying a graph's nearest neighbors.
#include "pipeline/graph_part.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace distsne {

NeighborGraph nearest_of(const NeighborGraph& graph, LocalIndex k) {
  NeighborGraph result;
  result.partition = graph.partition;
  result.rank = graph.rank;
  result.k = k;
  result.input_row = graph.input_row;
  result.neighbors.reserve(checked_product(graph.local_rows(), k));
  result.distances.reserve(checked_product(graph.local_rows(), k));
  for (LocalIndex row = 0; row < graph.local_rows(); ++row) {
    const auto neighbors = graph.neighbors_of(row);
    const auto distances = graph.distances_of(row);
    result.neighbors.insert(result.neighbors.end(), neighbors.begin(), neighbors.begin() + k);
    result.distances.insert(result.distances.end(), distances.begin(), distances.begin() + k);
  }
  return result;
}

template <class Real>
SparseMatrix<Real> matrix_of(const NeighborGraph& graph, LocalIndex k) {
  SparseMatrix<Real> matrix;
  matrix.partition = graph.partition;
  matrix.rank = graph.rank;
  matrix.columns = narrow<LocalIndex>(graph.rows());
  std::vector<std::pair<CompactIndex, float>> entries(static_cast<std::size_t>(k));
  for (LocalIndex row = 0; row < graph.local_rows(); ++row) {
    for (std::size_t n = 0; n < entries.size(); ++n) {
      entries[n] = {graph.neighbors_of(row)[n], graph.distances_of(row)[n]};
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, distance] : entries) {
      matrix.column.push_back(column);
      matrix.values.push_back(static_cast<Real>(distance));
    }
    matrix.begin.push_back(std::ssize(matrix.values));
  }
  return matrix;
}

template SparseMatrix<float> matrix_of(const NeighborGraph&, LocalIndex);
template SparseMatrix<double> matrix_of(const NeighborGraph&, LocalIndex);

}  // namespace distsne
