/// What is done to the values of rows before they are compared: the usual treatment of counts.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Steps, in the order in which they are taken.
struct PreprocessOptions {
  std::optional<double> normalize = {};  ///< rows are scaled to this sum, as in counts per 10,000
  bool log1p = false;                    ///< x becomes log(1 + x)
  std::optional<double> arcsinh = {};    ///< x becomes arcsinh(x / arcsinh), as cytometrists do with a cofactor of 5
  bool scale = false;  ///< columns are divided by their standard deviation (divisor N - 1), where it is not 0

  /// Whether there is a step that sees values, and not only how they differ.
  [[nodiscard]] bool of_single_values() const { return normalize || log1p || arcsinh; }
};

/// Collective. The same bits for any number of ranks and threads. Rows that sum up to 0 are not scaled. Throws Error
/// everywhere (bad input) when a row has a negative sum or a value that has no logarithm, naming the row. Returns what
/// the columns were multiplied with, where they are scaled.
template <class Real>
std::vector<double> preprocess(const Communicator& comm, DistributedMatrix<Real>& x, const PreprocessOptions& options);

/// Collective. The same for rows that come later, with factors found before.
template <class Real>
void preprocess(const Communicator& comm, DistributedMatrix<Real>& x, const PreprocessOptions& options,
                std::span<const double> factors);

/// Collective. The same for sparse rows, which stay sparse: zeros stay zeros in each step.
template <class Real>
std::vector<double> preprocess(const Communicator& comm, SparseMatrix<Real>& x, const PreprocessOptions& options);

extern template std::vector<double> preprocess(const Communicator&, DistributedMatrix<float>&,
                                               const PreprocessOptions&);
extern template std::vector<double> preprocess(const Communicator&, DistributedMatrix<double>&,
                                               const PreprocessOptions&);
extern template std::vector<double> preprocess(const Communicator&, SparseMatrix<float>&, const PreprocessOptions&);
extern template std::vector<double> preprocess(const Communicator&, SparseMatrix<double>&, const PreprocessOptions&);

}  // namespace distsne
