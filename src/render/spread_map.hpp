/// The picture of a map whose rows are spread over the ranks.
#pragma once

#include <span>

#include "distsne/mpi/communicator.hpp"
#include "render/picture.hpp"

namespace distsne {

/// Collective. Draws the points of all ranks without gathering them: each rank adds up its own, and the sums travel.
/// `own` holds rows of `dims` coordinates, finite, of which the first two are shown. The frame is robust (see fit_view,
/// by histograms of 4,096 steps) and square about the map, and the picture has the same bits for any ranks; it is
/// returned on rank 0, empty elsewhere. Of the options size, title, subtitle, background, point_size and
/// dots_per_inch count. Throws Error everywhere (bad input) when there are no points at all, or fewer than two
/// dimensions.
[[nodiscard]] Scene draw_spread_map(const Communicator& comm, std::span<const float> own, int dims,
                                    const PictureOptions& options);

}  // namespace distsne
