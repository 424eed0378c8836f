/// Means and variances of columns, from sums of integers that do not depend on how rows are spread.
#pragma once

#include <cstdint>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

struct ColumnMoments {
  std::vector<double> mean;
  std::vector<double> squares;  ///< sums of (x - mean)^2
  std::vector<double> largest;  ///< of |x|
};

/// Collective. Terms are rounded to 2^-(62 - log2 N) of the largest possible one, or 2^-50.
template <class Real>
ColumnMoments column_moments(const Communicator& comm, const DistributedMatrix<Real>& x);
template <class Real>
ColumnMoments column_moments(const Communicator& comm, const SparseMatrix<Real>& x);

/// Adding this to a double below 2^51 rounds it to an integer, which then stands in its lowest bits.
inline constexpr double rounding_shift = 6755399441055744.0;  // 1.5 * 2^52

/// Bits of one term, so that the sum of N stays below 2^62.
[[nodiscard]] int term_bits(GlobalIndex rows);

extern template ColumnMoments column_moments(const Communicator&, const DistributedMatrix<float>&);
extern template ColumnMoments column_moments(const Communicator&, const DistributedMatrix<double>&);
extern template ColumnMoments column_moments(const Communicator&, const SparseMatrix<float>&);
extern template ColumnMoments column_moments(const Communicator&, const SparseMatrix<double>&);

}  // namespace distsne
