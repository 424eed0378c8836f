/// What runs of one map and of several have in common between files and stages.
#pragma once

#include "pipeline/checkpoint.hpp"
#include "pipeline/map_stages.hpp"
#include "pipeline/stages.hpp"

namespace distsne {

/// The rows, neighbors and initial map of a run's files, for its stages; refers to the run.
template <class Real>
[[nodiscard]] MapSource<Real> source_of(FileRun& run);

/// A note where a stage that is still to come is likely to take longer than the run may: it would be begun again by
/// every run, and never be done.
void warn_of_short_time(const FileRun& run, KeptStage kept);

/// Collective. The iterations, kept in a checkpoint; `after_update` is called after each. Throws DivergedMap everywhere
/// with what is left of the run.
template <class Real>
[[nodiscard]] MovedMap<Real> iterate(FileRun& run, Prepared<Real>&& prepared, Checkpoint<Real>& checkpoint,
                                     const std::function<void(const LoopState<Real>&)>& after_update);

/// Collective. Adds to the record of a map what its run is and took.
void describe_run(FileRun& run, RunRecord& record);

}  // namespace distsne
