/// Means over rows, exact or of a sample.
#pragma once

#include <span>

#include "distsne/base/types.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// A figure and how far off it may be.
struct Estimate {
  double value = 0.0;    ///< NaN where there is nothing to take it of
  double margin = 0.0;   ///< half the width of its 95 % confidence interval; 0: exact
  GlobalIndex rows = 0;  ///< that it was taken of
};

/// Collective. The mean over all ranks of one value a row, NaN left out, as an estimate of the mean over `population`
/// rows: the margin is 1.96 standard errors, with the correction for samples of finite populations (Cochran 1977,
/// "Sampling techniques", section 2.6). Exact sums: the same bits for any partition.
[[nodiscard]] Estimate mean_of_rows(const Communicator& comm, std::span<const double> values, GlobalIndex population);

}  // namespace distsne
