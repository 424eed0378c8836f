/// The leading eigenvectors of a symmetric matrix that is given by its products.
#pragma once

#include <functional>
#include <vector>

#include "distsne/mpi/communicator.hpp"
#include "reduce/block.hpp"

namespace distsne {

/// Collective. out = A * in for a symmetric A without negative eigenvalues; `out` has the shape of `in`.
using SymmetricOperator = std::function<void(const Block& in, Block& out)>;

struct EigenvectorOptions {
  std::size_t extra = 10;    ///< vectors beyond the wanted ones; more of them converge in fewer products
  double tolerance = 1e-12;  ///< largest |A v - value v| / largest eigenvalue at which the search ends
  int most_products = 600;   ///< products A * block after which it ends as well
};

struct Eigenvectors {
  std::vector<double> values;  ///< falling
  Block vectors;               ///< a column for each value; orthonormal
  double residual = 0.0;       ///< largest |A v - value v| / largest value
  int products = 0;            ///< products A * block that it took
  bool converged = false;
};

/// Collective. Subspace iteration from a random block (Halko, Martinsson and Tropp 2011, "Finding structure with
/// randomness", algorithm 4.4), with Chebyshev polynomials of A in place of powers (Zhou, Saad, Tiago and Chelikowsky
/// 2006, "Self-consistent-field calculations using Chebyshev-filtered subspace iteration", algorithm 4.1) and the
/// Rayleigh-Ritz method in the subspace (their algorithm 5.3). Sums run in a fixed order, small matrices are decomposed
/// on rank 0 and broadcast as every decision is, so all ranks return the same bits and the same as one rank does.
/// Wants count + options.extra <= columns. Memory 4 blocks of columns x (count + extra).
Eigenvectors leading_eigenvectors(const Communicator& comm, const SymmetricOperator& product, std::size_t columns,
                                  std::size_t count, const EigenvectorOptions& options);

}  // namespace distsne
