/// One map laid on another: rotation or reflection, scale and shift.
#pragma once

#include <array>
#include <span>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// y -> scale * (y - from) * rotation + to.
struct Similarity {
  int dims = 2;
  std::array<double, 9> rotation{};  ///< dims x dims, row-major, orthogonal; a reflection where that fits better
  double scale = 1.0;
  std::array<double, 3> from{};  ///< the mean of the moving points
  std::array<double, 3> to{};    ///< and that of the others
  double residual = 0.0;         ///< root mean square of the distances that are left

  /// Where a point comes to.
  [[nodiscard]] std::array<double, 3> operator()(std::span<const double> point) const;
};

/// Collective. The similarity that brings `moving` as near to `fixed` as can be in the mean of squares, from the
/// singular value decomposition of their covariance (Schonemann 1966, with Gower 1975 for the scale). Both are the rows
/// of this rank, n x dims, row-major, finite; over all ranks there is at least one; dims 1 to 3. Points that all lie in
/// one place are shifted only. `weights`, on all ranks or none, say how many equal points each of the n rows stands
/// for; empty: 1 each. Sums are exact: the same bits for any number of ranks.
[[nodiscard]] Similarity procrustes(const Communicator& comm, std::span<const double> moving,
                                    std::span<const double> fixed, int dims, bool with_scale,
                                    std::span<const double> weights = {});

}  // namespace distsne
