/// Where new rows begin among rows that have places on the map already.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/affinities.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Rows i of this rank with known[i] != 0 stay as they are on `map`. Another begins at the weighted median
/// of the places of the known rows that it has affinities with, as distsne transform has it; where it has none with
/// them, at that of rows that were placed in the rounds before; rows that no chain of affinities leads to begin
/// together, a tenth of the extent beyond the edge of the map along its first axis. A tenth of a map unit at random is
/// added to each, so that equal rows don't stay one point. `input_row` names the rows for the seed; empty: in their
/// order. Medians are found in float.
template <class Real>
void place_new_rows(const Communicator& comm, const AffinityRows<Real>& affinities, std::span<const std::uint8_t> known,
                    std::span<const GlobalIndex> input_row, std::uint64_t seed, Embedding<Real>& map);

extern template void place_new_rows(const Communicator&, const AffinityRows<float>&, std::span<const std::uint8_t>,
                                    std::span<const GlobalIndex>, std::uint64_t, Embedding<float>&);
extern template void place_new_rows(const Communicator&, const AffinityRows<double>&, std::span<const std::uint8_t>,
                                    std::span<const GlobalIndex>, std::uint64_t, Embedding<double>&);

}  // namespace distsne
