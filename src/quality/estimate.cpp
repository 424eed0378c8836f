/// Means and their standard errors by exact sums.
#include "quality/estimate.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace distsne {

Estimate mean_of_rows(const Communicator& comm, std::span<const double> values, GlobalIndex population) {
  std::array<ExactSum, 2> sums;
  std::int64_t count = 0;
  for (const double value : values) {
    if (!std::isnan(value)) {
      sums[0].add(value);
      sums[1].add(value * value);
      ++count;
    }
  }
  const std::vector<double> total = comm.sum(std::span<const ExactSum>(sums));
  Estimate result;
  result.rows = comm.sum(count);
  const auto rows = static_cast<double>(result.rows);
  result.value = result.rows == 0 ? std::numeric_limits<double>::quiet_NaN() : total[0] / rows;
  if (result.rows > 1 && result.rows < population) {
    const double variance = std::max(0.0, (total[1] - rows * result.value * result.value) / (rows - 1.0));
    result.margin = 1.96 * std::sqrt(variance / rows * (1.0 - rows / static_cast<double>(population)));
  }
  return result;
}

}  // namespace distsne
