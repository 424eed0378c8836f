/// Affinities from a square sparse matrix that somebody else has made: of distances to neighbors, or of affinities.
#pragma once

#include <string>

#include "data/affinities.hpp"
#include "distsne/affinity/options.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Affinities that were given, as the costs take them, and what was done to them.
template <class Real>
struct MatrixAffinities {
  JointAffinities<Real> joint;
  double conditional_p_log_p = 0.0;  ///< over all ranks: sum_i sum_j p_j|i log p_j|i; 0 where only p_ij are defined
  bool symmetric = true;             ///< the matrix was
  GlobalIndex on_diagonal = 0;       ///< over all ranks: rows that had an affinity with themselves
};

/// Collective. The matrix A, N x N, as affinities: its diagonal is left out, and then,
///   with `of_each_row` false:  p_ij = (a_ij + a_ji) / (2 sum_kl a_kl), which keeps the weights of the rows as they are
///                              (for ssne and tsne);
///   with `of_each_row` true:   p_j|i = a_ij / sum_k a_ik, and p_ij = (p_j|i + p_i|j) / 2N (for sne, whose rows are
///                              distributions).
/// In the order of the rows, and the same bits for any partition. `place` names the matrix in messages. Throws Error
/// everywhere (bad input) when it is not square, a value is negative or not finite, or a row has no affinity with any
/// other (with `of_each_row`: none of its own), and Stopped.
template <class Real>
[[nodiscard]] MatrixAffinities<Real> given_affinities(const Communicator& comm, SparseMatrix<Real>&& matrix,
                                                      bool of_each_row, const std::string& place);

/// Collective. p_j|i of options.kind over the k nearest of the entries of each row, which are distances, zeros among
/// them; rows may have more entries, or fewer, and are kept in their order. An entry of a row with itself is left out.
/// Of a row with no more neighbors than the perplexity all count the same. Throws Error as above, where a row has no
/// neighbors.
template <class Real>
[[nodiscard]] ConditionalAffinities<Real> affinities_of_distances(const Communicator& comm, SparseMatrix<Real>&& matrix,
                                                                  LocalIndex k, const AffinityOptions& options,
                                                                  const std::string& place);

extern template MatrixAffinities<float> given_affinities(const Communicator&, SparseMatrix<float>&&, bool,
                                                         const std::string&);
extern template MatrixAffinities<double> given_affinities(const Communicator&, SparseMatrix<double>&&, bool,
                                                          const std::string&);
extern template ConditionalAffinities<float> affinities_of_distances(const Communicator&, SparseMatrix<float>&&,
                                                                     LocalIndex, const AffinityOptions&,
                                                                     const std::string&);
extern template ConditionalAffinities<double> affinities_of_distances(const Communicator&, SparseMatrix<double>&&,
                                                                      LocalIndex, const AffinityOptions&,
                                                                      const std::string&);

}  // namespace distsne
