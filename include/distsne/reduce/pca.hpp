/// Principal components of the rows of X.
#pragma once

#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// The leading principal axes. The same bits on every rank and for any number of ranks.
struct PrincipalComponents {
  LocalIndex columns = 0;        ///< D
  LocalIndex count = 0;          ///< components found: at most D
  std::vector<double> mean;      ///< D column means
  std::vector<double> axes;      ///< count x D, row-major, orthonormal; the largest entry of each is positive
  std::vector<double> variance;  ///< count variances along the axes (divisor N - 1), falling
  double total_variance = 0.0;   ///< of all D columns
};

/// The most columns that principal_components handles.
inline constexpr LocalIndex pca_most_columns = 4096;

/// Collective. From the D x D covariance matrix (Pearson 1901; Hotelling 1933), which is summed in integers: columns
/// are rounded to at most 22 bits of their range, so that every product and sum is exact and no order matters.
/// Memory 3 D^2 doubles per rank, work N D^2 / P + D^3. D is at most pca_most_columns.
template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const DistributedMatrix<Real>& x, LocalIndex count);

/// Not collective. Scores of the rows of this rank along the axes: n x count, row-major, in the unit of X.
template <class Real>
std::vector<double> principal_scores(const DistributedMatrix<Real>& x, const PrincipalComponents& components);

extern template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<float>&,
                                                         LocalIndex);
extern template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<double>&,
                                                         LocalIndex);
extern template std::vector<double> principal_scores(const DistributedMatrix<float>&, const PrincipalComponents&);
extern template std::vector<double> principal_scores(const DistributedMatrix<double>&, const PrincipalComponents&);

}  // namespace distsne
