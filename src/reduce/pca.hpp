/// Principal components of the rows of X.
#pragma once

#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// The leading principal axes. The same bits on every rank and for any number of ranks and threads.
struct PrincipalComponents {
  LocalIndex columns = 0;        ///< D
  LocalIndex count = 0;          ///< components found: at most D
  std::vector<double> mean;      ///< D column means
  std::vector<double> axes;      ///< count x D, row-major, orthonormal; the largest entry of each is positive
  std::vector<double> variance;  ///< count variances along the axes (divisor N - 1), falling
  double total_variance = 0.0;   ///< of all D columns

  /// Share of the total variance along each axis; zeros when there is none.
  [[nodiscard]] std::vector<double> explained_ratio() const;
};

/// The most columns whose covariance matrix is formed; beyond them axes come from products with X.
inline constexpr LocalIndex most_covariance_columns = 4096;

/// Collective. The axes are eigenvectors of the covariance matrix (Pearson 1901; Hotelling 1933). X holds N >= 1 rows
/// of finite values, of which no copy is made. Columns are rounded to integers of 22 bits of their range (fewer beyond
/// 2^18 rows, 18 for 20 million), so that sums over rows are exact and no order matters.
///
/// D <= most_covariance_columns: the covariance matrix is summed (work N D^2 / P multiplications, memory D^2 / 2
/// integers and D^2 / P doubles per rank) and its leading eigenvectors are found by subspace iteration to a residual of
/// 1e-12 of the largest variance, or by a full decomposition where that is the faster way or the iteration is too slow.
///
/// More columns: the same subspace iteration with the products X^T (X V) in place of the matrix, to a residual of 1e-5
/// of the largest variance or until 16 such products were made (2 N D (count + 10) / P multiplications each; memory
/// 5 blocks of D x (count + 10) doubles per rank). Axes of well separated variances are then as good as exact; where
/// variances crowd together the axes span nearly as much variance as possible.
/// Halko, Martinsson and Tropp 2011, "Finding structure with randomness", algorithms 4.4 and 5.3.
///
/// Throws Stopped (mpi/interruption.hpp).
template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const DistributedMatrix<Real>& x, LocalIndex count);

/// Collective. Scores of the rows of this rank along the axes, (x - mean) . axis, in the unit of X: N x count. Each
/// is summed in double in the order of the columns. Throws Stopped.
template <class Score = double, class Real>
DistributedMatrix<Score> principal_scores(const Communicator& comm, const DistributedMatrix<Real>& x,
                                          const PrincipalComponents& components);

extern template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<float>&,
                                                         LocalIndex);
extern template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<double>&,
                                                         LocalIndex);
extern template DistributedMatrix<float> principal_scores(const Communicator&, const DistributedMatrix<float>&,
                                                          const PrincipalComponents&);
extern template DistributedMatrix<double> principal_scores(const Communicator&, const DistributedMatrix<float>&,
                                                           const PrincipalComponents&);
extern template DistributedMatrix<float> principal_scores(const Communicator&, const DistributedMatrix<double>&,
                                                          const PrincipalComponents&);
extern template DistributedMatrix<double> principal_scores(const Communicator&, const DistributedMatrix<double>&,
                                                           const PrincipalComponents&);

}  // namespace distsne
