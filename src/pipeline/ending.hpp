/// How a map ends: when the loop may stop, and what is to be said of the map that comes out.
#pragma once

#include "distsne/data/run_record.hpp"
#include "embed/optimize.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// When a map is done, and what is done about one that goes wrong, as the schedule and the number of rows have it.
[[nodiscard]] PaceOptions pace_of(const MapOptions& config, GlobalIndex rows);

/// Collective. Notes why the map is at its end and whether it is what it seems, and says what a user should know.
template <class Real>
void judge_end(Run& run, const LoopState<Real>& state, MapRecord& record);

/// A cost with four digits behind the point.
[[nodiscard]] std::string readable_cost(double kl);

/// The cost of a map in words; that of sne is a sum over the rows, so that the mean stands beside it.
[[nodiscard]] std::string cost_text(const MapOptions& config, GlobalIndex rows, double kl);

extern template void judge_end(Run&, const LoopState<float>&, MapRecord&);
extern template void judge_end(Run&, const LoopState<double>&, MapRecord&);

}  // namespace distsne
