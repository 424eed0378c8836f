/// How a map was made, in the words of scanpy.
#pragma once

#include "io/export.hpp"
#include "io/map_file.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// The options of a map's run for uns/tsne/params: those that scanpy.tl.tsne writes as numbers that were in effect
/// (perplexity, early_exaggeration, learning_rate) and as words (metric, and use_rep, the matrix of its AnnData file),
/// all others of the program beside them. None where the map's file does not tell, so that `run` is empty.
[[nodiscard]] std::vector<ExportParameter> scanpy_parameters(const MapDescription& map,
                                                             const std::optional<Config>& run);

}  // namespace distsne
