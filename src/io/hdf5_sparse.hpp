/// Reading the rows of a rank from a sparse matrix in an HDF5 file.
#pragma once

#include "io/source.hpp"

namespace distsne {

/// One process. The entries of `count` rows from `first` on, as they stand in the file. A matrix that lies there by
/// columns is read through as a whole, a piece at a time, and only the entries of those rows are kept. Throws Error:
/// bad input when the file lies about where its entries are, I/O when reading fails.
template <class Real>
void read_sparse_rows(const InputDescription& input, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                      const RowSource::Leave& leave);

extern template void read_sparse_rows(const InputDescription&, GlobalIndex, LocalIndex, SparseBlock<float>&,
                                      const RowSource::Leave&);
extern template void read_sparse_rows(const InputDescription&, GlobalIndex, LocalIndex, SparseBlock<double>&,
                                      const RowSource::Leave&);

}  // namespace distsne
