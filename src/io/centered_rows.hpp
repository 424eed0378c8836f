/// Rows of data far from the origin, moved beside it before they are rounded.
#pragma once

#include "io/input.hpp"
#include "io/source.hpp"

namespace distsne {

/// Collective. Where columns lie far from the origin compared with how far apart the rows are, reads the rows less the
/// median of each column over a few rows, in double or in integers as they are stored, and rounds then; else leaves the
/// matrix alone. Returns whether it read; `center` becomes what was taken off, if anything. Throws Error (I/O)
/// everywhere.
template <class Real>
[[nodiscard]] bool read_centered(const Communicator& comm, const InputDescription& input, const RowSource& source,
                                 DistributedMatrix<Real>& matrix, std::vector<double>& center);

/// One process. Rows from `first` on, less a center that was found before.
void read_less(const InputDescription& input, const RowSource& source, GlobalIndex first,
               std::span<const double> center, std::span<float> out);

extern template bool read_centered(const Communicator&, const InputDescription&, const RowSource&,
                                   DistributedMatrix<float>&, std::vector<double>&);
extern template bool read_centered(const Communicator&, const InputDescription&, const RowSource&,
                                   DistributedMatrix<double>&, std::vector<double>&);

}  // namespace distsne
