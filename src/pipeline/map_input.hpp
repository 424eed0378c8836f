/// The rows that a map was made of.
#pragma once

#include "distsne/io/map_file.hpp"

namespace distsne {

/// Collective. The matrix that `given` names, or where it is without a path, the one that the map's file names; of as
/// many rows as the map. Throws Error everywhere (bad input) that names `option` where there is none.
[[nodiscard]] InputDescription input_of_map(const Communicator& comm, const InputOptions& given,
                                            const MapDescription& map, const char* option);

}  // namespace distsne
