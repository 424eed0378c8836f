/// Weights of rows: how many equal points each row stands for, as after clustering many points into few.
#pragma once

#include <algorithm>
#include <optional>

#include "distsne/base/aligned.hpp"

namespace distsne {

/// The weights w_i > 0 of the rows of this rank. Empty on all ranks: each row stands for itself, w_i = 1.
///
/// What they mean is what the expanded set means, in which row i stands w_i times, all of them at one place of X and at
/// one place of the map, so that a weight of 3 and three equal rows are the same. With d distances in X, W = sum_i w_i,
/// and w the kernel of the map, of which w(0) = 1:
///
///   p_j|i = w_j exp(-beta_i d_ij^2) / S_i   all w_j points of row j, as one of row i sees them
///   p_i|i = (w_i - 1) / S_i                 its own duplicates, at distance 0, which take their share as any neighbor
///   S_i   = (w_i - 1) + sum_j w_j exp(-beta_i d_ij^2), j != i
///   H_i   = -sum_j p_j|i log(p_j|i / w_j) - p_i|i log(p_i|i / (w_i - 1)), the log of the perplexity
///   p_ij  = (w_i p_j|i + w_j p_i|j) / 2W,   all pairs of points of both rows; p_ii = w_i p_i|i / W
///   Z     = sum_{i != j} w_i w_j w(d_ij^2) + sum_i w_i (w_i - 1)
///   C     = sum_{i != j} p_ij log(p_ij / (w_i w_j)) + sum_i p_ii log(p_ii / (w_i (w_i - 1)))
///           - sum_{i != j} p_ij log w(d_ij^2) + log Z
///   dC/dy = 4 / w_i sum_j p_ij s(d_ij^2) (y_i - y_j) + 2 grad phi(y_i) / Z,  phi the potential of the charges w_j,
///
/// the last for one of the w_i points of row i, which is how far each of them, and so the row, moves: duplicates that
/// coincide have an affinity that exerts no force. Weights may be fractions. A row of a weight below 1 has no
/// duplicates: w_i - 1 stands for max(w_i - 1, 0) throughout.
template <class Real>
using RowWeights = std::optional<AlignedVector<Real>>;

/// The other points at the place of a row of this weight.
template <class Real>
[[nodiscard]] Real duplicates_of(Real weight) {
  return std::max(weight - Real{1}, Real{0});
}

}  // namespace distsne
