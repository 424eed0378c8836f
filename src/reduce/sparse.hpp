/// Sparse rows, reduced without being made dense.
#pragma once

#include "distsne/data/sparse_matrix.hpp"
#include "distsne/reduce/metric.hpp"
#include "reduce/pca.hpp"

namespace distsne {

/// Collective. Scales rows to length 1 for Metric::cosine; nothing for euclidean. Throws Error everywhere (bad input)
/// for rows of zeros, and for Metric::correlation, which would leave no zeros.
template <class Real>
void prepare_metric(const Communicator& comm, SparseMatrix<Real>& x, Metric metric);

/// Collective. Principal components as of dense rows (reduce/pca.hpp), by subspace iteration with the products
/// X^T (X V), in which the means are taken off the products and not off X. Sums over rows are of integers of up to 50
/// bits (42 for 10^6 rows). Work 4 E (count + 10) / P multiplications a product for E entries; memory beside X of
/// (threads + 5) blocks of D x (count + 10) doubles per rank. To a residual of 1e-9 of the largest variance up to
/// most_covariance_columns columns, 1e-5 or 16 products beyond. Throws Stopped.
template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const SparseMatrix<Real>& x, LocalIndex count);

/// Collective. Scores of the rows of this rank along the axes: N x count.
template <class Real>
DistributedMatrix<Real> principal_scores(const Communicator& comm, const SparseMatrix<Real>& x,
                                         const PrincipalComponents& components);

extern template void prepare_metric(const Communicator&, SparseMatrix<float>&, Metric);
extern template void prepare_metric(const Communicator&, SparseMatrix<double>&, Metric);
extern template PrincipalComponents principal_components(const Communicator&, const SparseMatrix<float>&, LocalIndex);
extern template PrincipalComponents principal_components(const Communicator&, const SparseMatrix<double>&, LocalIndex);
extern template DistributedMatrix<float> principal_scores(const Communicator&, const SparseMatrix<float>&,
                                                          const PrincipalComponents&);
extern template DistributedMatrix<double> principal_scores(const Communicator&, const SparseMatrix<double>&,
                                                           const PrincipalComponents&);

}  // namespace distsne
