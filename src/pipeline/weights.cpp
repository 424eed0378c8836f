/// Reading and checking weights.
#include "pipeline/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "data/row_weights.hpp"
#include "distsne/base/exact_sum.hpp"
#include "io/row_numbers.hpp"
#include "io/saved_file.hpp"
#include "io/selection.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

void require_served(const Communicator& comm, const Config& config, const Plan& plan) {
  require_everywhere(
      comm, !plan.input.path.empty(),
      fmt::format("--weights {} is what the input tells of its rows: name it beside --graph", config.weights));
  require_everywhere(
      comm, config.objective.method != Method::sne,
      "--weights is for tsne and ssne, whose points all share one distribution: choose one of these with "
      "--method");
  require_everywhere(comm, config.neighbors != NeighborChoice::all,
                     "--weights is for rows with their nearest neighbors, and --neighbors all compares all pairs: "
                     "choose exact or approx");
  require_everywhere(comm, !plan.graph.is_matrix(),
                     "--weights is for neighbors that are searched, or in a graph of distsne neighbors: --graph names "
                     "a matrix");
  require_everywhere(comm, !config.ensemble.several(),
                     "--weights is for one map: leave out --seeds, --perplexities and --bootstraps");
  require_everywhere(comm, config.align.empty() && config.fix.empty() && config.objective.anchor == AnchorKind::none,
                     "--weights scales the forces on rows, and --anchor, --align and --fix hold all rows alike: leave "
                     "out one of them");
}

}  // namespace

void choose_weights(const Communicator& comm, const Config& config, Plan& plan) {
  require_served(comm, config, plan);
  const std::vector<double> own = read_row_numbers(comm, config.input, plan.input, config.weights, "--weights");
  const GlobalIndex first = RowPartition(plan.rows, comm.size()).begin(comm.rank());
  const bool single = config.precision == Precision::single;
  const auto fits = [&](double weight) {  // as a number of the run's precision, too
    return weight > 0.0 && std::isfinite(single ? static_cast<double>(static_cast<float>(weight)) : weight) &&
           (!single || static_cast<float>(weight) > 0.0F);
  };
  const auto bad = std::find_if_not(own.begin(), own.end(), fits);
  std::string message;
  if (bad != own.end()) {
    const GlobalIndex row = first + (bad - own.begin());
    message = fmt::format(
        "--weights {}: that of row {} (counted from 0) of '{}' is {}: weights are finite numbers "
        "above 0",
        config.weights, plan.input.chosen ? plan.input.chosen->row_in_file(row) : row, plan.input.path, *bad);
  }
  require_everywhere(comm, message.empty(), message);
  const bool any = comm.max(std::int64_t{std::any_of(own.begin(), own.end(), [](double w) { return w != 1.0; })}) != 0;
  if (!any) {
    return;
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
  weights.checksum =
      static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(checksum(std::span<const double>(own), first))));
  plan.weights = std::move(weights);
}

}  // namespace distsne
