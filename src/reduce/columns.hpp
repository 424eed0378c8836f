/// Columns of X as integers: the middle and the unit of each, agreed by all ranks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Rows whose integer products are summed in double before they are added to 64-bit integers: 2^8 products of 2 x 22
/// bits stay below 2^53.
inline constexpr std::size_t exact_rows = 256;

/// How column c becomes integers of at most `bits` bits: (x - center[c]) / 2^exponent[c], rounded to the nearest.
/// `center` and `inverse` are padded to whole panels with zeros.
struct ColumnUnits {
  int bits = 0;                 ///< 22 below 2^18 rows; fewer beyond, so that N products of two stay below 2^62
  int fraction_bits = 0;        ///< by which sums for means are finer
  int largest = 0;              ///< the largest exponent of a column that is not constant; 0 when all are
  std::vector<double> center;   ///< the middle of the column's range
  std::vector<double> inverse;  ///< 2^-exponent; 0 for a constant column
  std::vector<int> exponent;

  /// 2^(exponent - largest), so that squares stay in the range of doubles whatever the units of X are; 0 for a constant
  /// column.
  [[nodiscard]] double relative_unit(std::size_t column) const;
  /// Mean of a column from the sum over N rows of its fine integers: to within 2^-44 of its range.
  [[nodiscard]] double mean(std::size_t column, std::int64_t fine_sum, GlobalIndex rows) const;
};

/// Covariance of two columns of integers (divisor N - 1), from the sum of their products and their sums over N rows.
[[nodiscard]] double centered_product(GlobalIndex rows, std::int64_t product, std::int64_t sum_a, std::int64_t sum_b);

/// Collective. X holds N >= 1 rows of finite values.
template <class Real>
ColumnUnits column_units(const Communicator& comm, const DistributedMatrix<Real>& x);

extern template ColumnUnits column_units(const Communicator&, const DistributedMatrix<float>&);
extern template ColumnUnits column_units(const Communicator&, const DistributedMatrix<double>&);

}  // namespace distsne
