/// Gathering figures from the ranks.
#include "distsne/mpi/summary.hpp"

#include <algorithm>
#include <numeric>

namespace distsne {

RankSummary summarize(const Communicator& comm, const std::string& name, double value) {
  const std::vector<double> all = comm.all_gather(value);
  return {name, *std::min_element(all.begin(), all.end()),
          std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()),
          *std::max_element(all.begin(), all.end())};
}

std::vector<RankSummary> summarize(const Communicator& comm, const Timers& timers) {
  std::vector<RankSummary> result;
  for (const auto& [phase, seconds] : timers.seconds()) {
    result.push_back(summarize(comm, phase, seconds));
  }
  return result;
}

}  // namespace distsne
