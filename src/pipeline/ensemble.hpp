/// Several maps of the same rows in one run, from one search for neighbors.
#pragma once

#include "pipeline/stages.hpp"

namespace distsne {

/// Collective. Computes the maps of config.ensemble one after another and writes them, with the spread of each row over
/// all of them once they are laid on the first (quality/map_spread.hpp), into one file. What does not depend on the map
/// is done once: rows, principal axes and the neighbors of the largest perplexity, of which each map takes as many as
/// its own needs. The first map is /embedding, with the bits that it has in a run of its own where its neighbors are
/// the same: always, unless an approximate search looks for more of them for a larger perplexity.
/// Maps of further seeds begin at other random places, or with another hundredth of chance (start_of_seed). Those of
/// bootstraps (pipeline/subsample.hpp) begin where the first does, with the edges of the graph that are left, and a
/// perplexity that is the smaller by the share of the rows, so that it reaches as far.
/// Maps that are done are kept until the run is. Throws Error everywhere as `embed` does.
void embed_ensemble(const Communicator& comm, const Config& config, const Plan& plan, const Prediction& prediction,
                    Progress& progress);

}  // namespace distsne
