/// Two ways from a covariance matrix to its leading eigenvectors.
#pragma once

#include "reduce/covariance.hpp"
#include "reduce/eigenvectors.hpp"

namespace distsne {

/// Collective. By subspace iteration, every rank multiplying its share of the matrix's rows. Wants
/// count + max(10, count / 2) <= D. The options are for tests; their `extra` is set here.
Eigenvectors eigenvectors_by_iteration(const Communicator& comm, const CovarianceSums& sums, std::size_t count,
                                       EigenvectorOptions options = {});

/// Collective. By a full decomposition on rank 0, of which the first `count` vectors are kept.
Eigenvectors eigenvectors_by_decomposition(const Communicator& comm, const CovarianceSums& sums, std::size_t count);

/// Collective. The way that takes less time, and the full decomposition where the iteration did not converge.
Eigenvectors covariance_eigenvectors(const Communicator& comm, const CovarianceSums& sums, std::size_t count);

}  // namespace distsne
