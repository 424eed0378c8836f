/// Choosing between iteration and decomposition, and sharing the work and the result.
#include "reduce/covariance_eigenvectors.hpp"

#include <algorithm>

#include "mpi/agreement.hpp"
#include "reduce/dense.hpp"

namespace distsne {
namespace {

std::size_t extra_vectors(std::size_t count) { return std::max<std::size_t>(10, count / 2); }

/// Where all eigenvectors are found in less time than a few, as measured.
bool decomposition_is_faster(std::size_t columns, std::size_t count) { return columns <= 128 || columns < 6 * count; }

}  // namespace

Eigenvectors eigenvectors_by_iteration(const Communicator& comm, const CovarianceSums& sums, std::size_t count,
                                       EigenvectorOptions options) {
  const RowPartition partition(static_cast<GlobalIndex>(sums.columns), comm.size());
  const Block own_rows = covariance_rows(sums, static_cast<std::size_t>(partition.begin(comm.rank())),
                                         static_cast<std::size_t>(partition.end(comm.rank())));
  const auto product = [&](const Block& in, Block& out) {
    if (comm.size() == 1) {
      multiply(plain(own_rows), panels_of(in), out);
      return;
    }
    Block own(own_rows.rows, in.columns);
    multiply(plain(own_rows), panels_of(in), own);
    comm.all_gather(std::span<const double>(own.values).first(own.rows * own.stride),
                    partition.sizes(static_cast<GlobalIndex>(own.stride)), out.values.data());
  };
  options.extra = extra_vectors(count);
  return leading_eigenvectors(comm, product, sums.columns, count, options);
}

Eigenvectors eigenvectors_by_decomposition(const Communicator& comm, const CovarianceSums& sums, std::size_t count) {
  Eigenvectors found;
  found.converged = true;
  found.values.resize(count);
  found.vectors = Block(sums.columns, count);
  attempt_on_root(comm, [&] {
    Block matrix = covariance_rows(sums, 0, sums.columns);
    const std::vector<double> values = diagonalize(matrix);
    std::copy_n(values.begin(), count, found.values.begin());
    for (std::size_t k = 0; k < sums.columns; ++k) {
      std::copy_n(matrix.row(k), count, found.vectors.row(k));
    }
  });
  comm.broadcast(std::span<double>(found.values));
  comm.broadcast(std::span<double>(found.vectors.values));
  return found;
}

Eigenvectors covariance_eigenvectors(const Communicator& comm, const CovarianceSums& sums, std::size_t count) {
  if (!decomposition_is_faster(sums.columns, count)) {
    Eigenvectors found = eigenvectors_by_iteration(comm, sums, count);
    if (found.converged) {
      return found;
    }
  }
  return eigenvectors_by_decomposition(comm, sums, count);
}

}  // namespace distsne
