/// Which maps have weights, and what is known of the weights before any are used.
#include "pipeline/weights_of_rows.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "distsne/base/exact_sum.hpp"
#include "mpi/agreement.hpp"

namespace distsne {

void require_weights_served(const Communicator& comm, const MapOptions& options, bool of_matrix,
                            const std::string& what) {
  require_everywhere(comm, options.objective.method != Method::sne,
                     fmt::format("{}: only tsne and ssne have them, whose points all share one distribution: choose "
                                 "one of these with --method",
                                 what));
  require_everywhere(comm, options.neighbors != NeighborChoice::all,
                     fmt::format("{}: rows have them with their nearest neighbors, and --neighbors all compares all "
                                 "pairs: choose exact or approx",
                                 what));
  require_everywhere(comm, !of_matrix,
                     fmt::format("{}: neighbors are searched for rows that have them, or given as a graph, and not as "
                                 "a matrix",
                                 what));
}

std::optional<PlannedWeights> plan_weights(const Communicator& comm, std::span<const double> own,
                                           const RowPartition& even, Precision precision,
                                           const std::function<std::string(GlobalIndex)>& whose) {
  const bool single = precision == Precision::single;
  const auto fits = [&](double weight) {
    return weight > 0.0 && std::isfinite(single ? static_cast<double>(static_cast<float>(weight)) : weight) &&
           (!single || static_cast<float>(weight) > 0.0F);
  };
  const auto bad = std::find_if_not(own.begin(), own.end(), fits);
  std::string message;
  if (bad != own.end()) {
    message = fmt::format("{} is {}: weights are finite numbers above 0",
                          whose(even.begin(comm.rank()) + (bad - own.begin())), *bad);
  }
  require_everywhere(comm, message.empty(), message);
  const bool any = comm.max(std::int64_t{std::any_of(own.begin(), own.end(), [](double w) { return w != 1.0; })}) != 0;
  if (!any) {
    return {};
  }
  PlannedWeights weights;
  weights.own.assign(own.begin(), own.end());
  std::array<ExactSum, 3> sums;
  for (const double weight : own) {
    sums[0].add(weight);
    sums[1].add(weight * weight);
    sums[2].add(weight * duplicates_of(weight));
  }
  const std::vector<double> total = comm.sum(std::span<const ExactSum>(sums));
  weights.total = total[0];
  weights.pairs = total[0] * total[0] - total[1] + total[2];
  return weights;
}

}  // namespace distsne
