/// Exact sums at a few points over the points of all ranks.
#pragma once

#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// Points of any rank at which the sums are wanted, the same on all ranks.
struct Targets {
  std::size_t dims = 2;
  std::vector<GlobalIndex> row;  ///< which point of the map each is: it does not act on itself
  std::vector<double> position;  ///< M values each
  /// Added to each target's exponent: the weight of a Gaussian is exp(shift - d^2), so that no sum underflows. Empty
  /// for none.
  std::vector<double> shift;

  [[nodiscard]] std::size_t count() const { return row.size(); }
};

/// Collective. The targets of all ranks in rank order, from the rows that each rank names. Returns the place of this
/// rank's first in `first_own`.
template <class Real>
[[nodiscard]] Targets gather_targets(const Communicator& comm, const Embedding<Real>& map,
                                     std::span<const LocalIndex> own, std::size_t& first_own);

/// For each target, over all ranks.
struct TargetSums {
  std::vector<double> potential;  ///< sum_j c_j w(d^2)
  std::vector<double> gradient;   ///< M each: 2 sum_j c_j w'(d^2) (y - y_j)
};

/// Collective; uses all threads. Every rank adds up its own rows in double; the terms are rounded to fixed point, so
/// the sums are the same bits for any partition. `charges` has a c_j >= 0 for each row of this rank; null on all ranks:
/// 1 each. Work: targets times rows / ranks.
template <class Real>
[[nodiscard]] TargetSums direct_sums(const Communicator& comm, const Kernel& kernel, const Embedding<Real>& map,
                                     const Targets& targets, const AlignedVector<Real>* charges = nullptr);

}  // namespace distsne
