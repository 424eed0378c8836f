/// Checking options against the input's shape, and choosing what is left to choose.
#include "pipeline/plan.hpp"

#include <fmt/format.h>

#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/processors.hpp"

namespace distsne {
namespace {

/// Up to so many rows all pairs are taken: quicker than looking for neighbors, and exact.
constexpr GlobalIndex most_rows_of_all_pairs = 2500;

/// Which pairs of rows have an affinity.
void choose_pairs(const Communicator& comm, const Config& config, Plan& plan) {
  const GlobalIndex rows = plan.input.rows;
  plan.dense = config.neighbors == NeighborChoice::all ||
               (config.neighbors == NeighborChoice::automatic && rows <= most_rows_of_all_pairs && !config.k &&
                config.affinity.kind == AffinityKind::perplexity);
  plan.neighbors = config.k.value_or(neighbors_needed(config.affinity, rows));
  if (plan.dense) {
    plan.neighbors = narrow<LocalIndex>(std::min<GlobalIndex>(rows - 1, std::numeric_limits<LocalIndex>::max()));
  }
  require_everywhere(
      comm, plan.neighbors < rows,
      fmt::format("--k {} does not fit {} rows, since a row has only {} others", plan.neighbors, rows, rows - 1));
  require_affinities_fit(comm, config.affinity, rows, plan.neighbors);
}

}  // namespace

const char* name_of(Method method) { return method == Method::sne ? "sne" : method == Method::ssne ? "ssne" : "tsne"; }

Plan make_plan(const Communicator& comm, const Config& config) {
  Plan plan;
  plan.input = describe_input(comm, config.input);
  require_embeddable(comm, plan.input);
  choose_pairs(comm, config, plan);
  const int dims = config.objective.dims;
  if (config.initialization.kind == InitialMap::file) {
    plan.initial_map = describe_input(comm, config.initial_map);
    require_everywhere(
        comm, plan.initial_map.rows == plan.input.rows && plan.initial_map.columns == dims,
        fmt::format("--init '{}', dataset '{}' is {} x {}: an initial map of {} rows in {} dimensions must be {} x {}",
                    plan.initial_map.path, plan.initial_map.dataset, plan.initial_map.rows, plan.initial_map.columns,
                    plan.input.rows, dims, plan.input.rows, dims));
  }
  if (config.components && plan.input.columns > *config.components) {
    plan.components = std::max<LocalIndex>(*config.components, dims);
  }
  require_writable(comm, config.output, plan.input.path);
  plan.threads = config.threads > 0 ? config.threads : fitting_threads(comm);
  return plan;
}

}  // namespace distsne
