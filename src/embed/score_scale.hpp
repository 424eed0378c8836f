/// Center and scale of principal scores, whatever a few rows far out do to their mean and variance.
#pragma once

#include <span>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Scores farther from the center than so many deviations count as outliers.
inline constexpr double outlier_reach = 10.0;

struct ScoreScale {
  std::vector<double> center;  ///< of each score; all 0 where there are no outliers
  double deviation = 0.0;      ///< of the first score; with outliers, the largest of all scores
  bool outliers = false;
  /// Nearly all rows have the same scores: there is no spread to scale by. `deviation` is that of all rows then.
  bool tied = false;

  /// How far a score is from the center, in deviations; beyond outlier_reach as its logarithm, so that no row is so far
  /// out that the others come to lie on one spot beside it.
  [[nodiscard]] double place(double score, std::size_t m) const;
};

/// Collective. `scores` are those of the rows of this rank, n x count. Mean and standard deviation; where a score lies
/// beyond outlier_reach of them, the fixed point of both over scores that are pulled in to 3 deviations (winsorized
/// means and variances: Tukey 1962, section 14, with Huber's clipping of 1964 in place of ranks).
[[nodiscard]] ScoreScale fit_scale(const Communicator& comm, GlobalIndex rows, std::span<const double> scores,
                                   std::size_t count);

}  // namespace distsne
