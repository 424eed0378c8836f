/// Reading the rows of a rank from a dataset.
#pragma once

#include "distsne/data/matrix.hpp"
#include "distsne/io/input.hpp"

namespace distsne {

/// One process. Fills the matrix with its rows of a 2-D dataset, or of a 1-D one for a matrix of one column; any
/// integer or float type, chunking and compression is converted. Throws Error (I/O).
template <class Value>
void read_rows(const InputDescription& input, DistributedMatrix<Value>& matrix);

extern template void read_rows(const InputDescription&, DistributedMatrix<float>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<double>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<std::int64_t>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<CompactIndex>&);

}  // namespace distsne
