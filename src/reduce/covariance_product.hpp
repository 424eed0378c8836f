/// Products of the covariance matrix with a block of vectors, without the matrix: for many columns.
#pragma once

#include "reduce/block.hpp"
#include "reduce/columns.hpp"

namespace distsne {

/// C V = X^T (X V) / (N - 1) for the centered X. Both X and X V are rounded to integers, so that the sums over rows are
/// exact. C is in squares of 2^units().largest. Refers to the communicator and X.
template <class Real>
class CovarianceProduct {
 public:
  /// Collective. Reads X four times: ranges, means, variances and the longest row.
  CovarianceProduct(const Communicator& comm, const DistributedMatrix<Real>& x);

  /// Collective. out = C * in; both have D rows. Work 2 N D columns / P multiplications.
  void operator()(const Block& in, Block& out);

  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  [[nodiscard]] double total_variance() const { return total_variance_; }
  [[nodiscard]] const ColumnUnits& units() const { return units_; }

 private:
  void find_moments();
  void center_at_means();
  void find_longest_row();
  /// images_ = the rows [first, first + count) times the vectors, as integers in the units of `inverse`.
  void multiply_rows(std::size_t first, std::size_t count, const Panels& vectors, const std::vector<double>& inverse);
  /// Adds the products of the columns of these rows with images_ to sums_.
  void add_column_products(std::size_t first, std::size_t count, std::size_t width);

  const Communicator& comm_;
  const DistributedMatrix<Real>& x_;
  ColumnUnits units_;
  std::vector<double> mean_;
  double total_variance_ = 0.0;
  double longest_row_ = 0.0;  // |x - mean|, in 2^units_.largest
  std::vector<double> relative_unit_;
  std::vector<AlignedVector<double>> buffers_;  // one for each thread
  AlignedVector<double> images_;                // X V of a strip of rows, as integers in panels
  AlignedVector<std::int64_t> sums_;
};

extern template class CovarianceProduct<float>;
extern template class CovarianceProduct<double>;

}  // namespace distsne
