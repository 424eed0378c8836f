/// The covariance matrix of the columns of X, summed in integers.
#pragma once

#include "reduce/block.hpp"
#include "reduce/columns.hpp"

namespace distsne {

/// Sums over all N rows, the same on every rank. Products are kept as panels of 24 x 24 columns on and above the
/// diagonal, panel columns one after the other.
struct CovarianceSums {
  std::size_t columns = 0;
  GlobalIndex rows = 0;
  ColumnUnits units;
  std::vector<std::int64_t> whole;  ///< of the integers of each column
  std::vector<std::int64_t> fine;   ///< of its fine integers
  AlignedVector<std::int64_t> products;

  /// Where the panel of columns `p` and `q`, p <= q, begins; both count panels.
  [[nodiscard]] static std::size_t panel(std::size_t p, std::size_t q) {
    return (q * (q + 1) / 2 + p) * panel_width * panel_width;
  }
  /// Covariance of two columns (divisor N - 1) in squares of 2^units.largest.
  [[nodiscard]] double covariance(std::size_t a, std::size_t b) const;
};

/// Collective. Work N D^2 / 2P multiplications; memory D^2 / 2 integers a rank and up to 10 MiB a thread.
template <class Real>
CovarianceSums covariance_sums(const Communicator& comm, const DistributedMatrix<Real>& x);

/// Not collective. Rows [begin, end) of the covariance matrix, in squares of 2^units.largest.
Block covariance_rows(const CovarianceSums& sums, std::size_t begin, std::size_t end);

extern template CovarianceSums covariance_sums(const Communicator&, const DistributedMatrix<float>&);
extern template CovarianceSums covariance_sums(const Communicator&, const DistributedMatrix<double>&);

}  // namespace distsne
