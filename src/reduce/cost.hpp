/// What the reduction to principal components takes.
#pragma once

#include "base/cost.hpp"

namespace distsne {

/// Of dense rows, kept in values of so many bytes.
[[nodiscard]] StageCost pca_cost(double rows, double columns, double components, double value_bytes,
                                 const Workplace& place);

/// Of sparse rows with so many entries in all.
[[nodiscard]] StageCost sparse_pca_cost(double rows, double columns, double entries, double components,
                                        double value_bytes, const Workplace& place);

}  // namespace distsne
