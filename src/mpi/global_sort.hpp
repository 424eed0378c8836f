/// Sorting numbers that are spread over the ranks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. The place that each key of this rank would have if the keys of all ranks, in rank order, were sorted
/// stably. Keys travel to ranks that take about even shares of their range, are sorted there, and their places travel
/// back.
[[nodiscard]] std::vector<GlobalIndex> sorted_places(const Communicator& comm, std::span<const std::uint64_t> keys);

}  // namespace distsne
