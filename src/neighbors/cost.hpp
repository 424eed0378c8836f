/// What a search of neighbors takes.
#pragma once

#include "base/cost.hpp"
#include "neighbors/neighbors.hpp"

namespace distsne {

/// Of so many neighbors of each row among all.
[[nodiscard]] StageCost search_cost(double rows, double columns, double neighbors, NeighborSearch search,
                                    const Workplace& place);

/// Seconds of the search of so many rows among a set that is far smaller.
[[nodiscard]] double reference_search_seconds(double queries, double columns, const Workplace& place);

}  // namespace distsne
