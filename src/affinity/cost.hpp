/// What affinities take.
#pragma once

#include "base/cost.hpp"
#include "distsne/affinity/options.hpp"

namespace distsne {

/// Over all pairs of rows.
[[nodiscard]] StageCost dense_affinity_cost(double rows, double columns, double value_bytes, const Workplace& place);

/// Over so many neighbors of each row.
[[nodiscard]] StageCost sparse_affinity_cost(double rows, double neighbors, AffinityKind kind, double value_bytes,
                                             const Workplace& place);

}  // namespace distsne
