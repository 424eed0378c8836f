/// Reading the rows of a rank from a dataset.
#pragma once

#include <functional>

#include "distsne/data/matrix.hpp"
#include "distsne/io/input.hpp"

namespace distsne {

/// One process. Fills the matrix with its rows of a 2-D dataset, or of a 1-D one for a matrix of one column; any
/// integer or float type, chunking and compression is converted. Between pieces of 64 MiB, `leave` may say that the
/// rest need not be read. Throws Error (I/O).
template <class Value>
void read_rows(
    const InputDescription& input, DistributedMatrix<Value>& matrix,
    const std::function<bool()>& leave = [] { return false; });

extern template void read_rows(const InputDescription&, DistributedMatrix<float>&, const std::function<bool()>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<double>&, const std::function<bool()>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<std::int64_t>&, const std::function<bool()>&);
extern template void read_rows(const InputDescription&, DistributedMatrix<CompactIndex>&, const std::function<bool()>&);

}  // namespace distsne
