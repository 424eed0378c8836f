/// What one evaluation of a field takes, and the memory that it keeps.
#pragma once

#include "base/cost.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// Of a map of so many rows whose longest side is `span` map units, by the grid.
[[nodiscard]] StageCost grid_cost(double rows, int dims, double span, const Kernel& kernel, double accuracy,
                                  double value_bytes, const Workplace& place);

/// Messages that each rank sends for it.
[[nodiscard]] double grid_messages(const Workplace& place);

/// By the sum over all pairs; without what sends all points to all ranks.
[[nodiscard]] StageCost direct_cost(double rows, int dims, const Kernel& kernel, double value_bytes,
                                    const Workplace& place);

}  // namespace distsne
