/// Figures of every rank as minimum, mean and maximum.
#pragma once

#include <string>
#include <vector>

#include "distsne/base/timer.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// One figure over the ranks.
struct RankSummary {
  std::string name;
  double min = 0.0;
  double mean = 0.0;
  double max = 0.0;
};

/// Collective.
[[nodiscard]] RankSummary summarize(const Communicator& comm, const std::string& name, double value);

/// Collective. The seconds of every phase; all ranks must have timed the same phases.
[[nodiscard]] std::vector<RankSummary> summarize(const Communicator& comm, const Timers& timers);

}  // namespace distsne
