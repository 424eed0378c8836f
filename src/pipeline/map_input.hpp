/// The rows that a map was made of.
#pragma once

#include <optional>

#include "io/map_file.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Where the rows of a map are, and how its run read them: in the file that `given` names, or where it is without a
/// path, in the one that the map's file names.
[[nodiscard]] InputOptions rows_of_map(const InputOptions& given, const MapDescription& map,
                                       const std::optional<Config>& run);

/// Collective. The matrix that `given` names, or where it is without a path, the one that the map's file names; of as
/// many rows as the map. It is read as `run`, the options of the map's run, says (rows_of_map). Throws Error everywhere
/// (bad input) that names `option` where there is none.
[[nodiscard]] InputDescription input_of_map(const Communicator& comm, const InputOptions& given,
                                            const MapDescription& map, const std::optional<Config>& run,
                                            const char* option);

/// As the map's run read its own file, where `input` says nothing else.
[[nodiscard]] InputOptions read_like(InputOptions input, const std::optional<Config>& run);

}  // namespace distsne
