/// What is settled about a map before anything is computed.
#include "pipeline/run.hpp"

#include <fmt/format.h>

#include <limits>

#include "base/instruction_set.hpp"
#include "base/parallel.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// Up to so many rows all pairs are taken: quicker than looking for neighbors, and exact.
constexpr GlobalIndex most_rows_of_all_pairs = 2500;

}  // namespace

void choose_neighbors(const Communicator& comm, const MapOptions& options, MapPlan& plan) {
  plan.affinity = fitted_to(options.affinity, plan.rows, options.k);
  plan.neighbors = options.k.value_or(neighbors_needed(plan.affinity, plan.rows));
  if (plan.matrix_entries) {
    const LocalIndex have = *plan.matrix_entries;
    require_everywhere(
        comm, !options.k || *options.k <= have,
        fmt::format("--graph has {} neighbors of each row, and --k {} asks for more", have, plan.neighbors));
    plan.neighbors = std::min(plan.neighbors, have);
    plan.affinity = fitted_to(options.affinity, plan.rows, plan.neighbors);
  }
  require_everywhere(comm, plan.neighbors < plan.rows,
                     fmt::format("--k {} does not fit {} rows, since a row has only {} others", plan.neighbors,
                                 plan.rows, plan.rows - 1));
}

NeighborSearch search_of(NeighborChoice choice) {
  switch (choice) {
    case NeighborChoice::exact:
      return NeighborSearch::exact;
    case NeighborChoice::approximate:
      return NeighborSearch::approximate;
    case NeighborChoice::automatic:
    case NeighborChoice::all:
      break;
  }
  return NeighborSearch::automatic;
}

void choose_pairs(const Communicator& comm, const MapOptions& options, bool searched, MapPlan& plan) {
  const GlobalIndex rows = plan.rows;
  require_everywhere(comm, searched || options.neighbors != NeighborChoice::all,
                     "--neighbors all takes all pairs of rows and --graph only those of a file: choose one");
  plan.dense = searched && (options.neighbors == NeighborChoice::all ||
                            (options.neighbors == NeighborChoice::automatic && rows <= most_rows_of_all_pairs &&
                             !options.k && !plan.weights && options.affinity.kind == AffinityKind::perplexity));
  require_everywhere(comm, options.affinity.kind != AffinityKind::given || plan.matrix_entries,
                     "--affinity given: there are no affinities");
  if (options.affinity.kind == AffinityKind::given) {
    plan.affinity = options.affinity;
    plan.neighbors = *plan.matrix_entries;
  } else if (plan.dense) {
    plan.affinity = fitted_to(options.affinity, rows);
    plan.neighbors = narrow<LocalIndex>(std::min<GlobalIndex>(rows - 1, std::numeric_limits<LocalIndex>::max()));
  } else {
    choose_neighbors(comm, options, plan);
  }
  require_affinities_fit(comm, plan.affinity, rows, plan.neighbors);
  require_everywhere(comm,
                     options.objective.anchor == AnchorKind::none || options.initialization.kind == InitialMap::pca,
                     "--anchor pca holds rows near the map of the principal components, which the map must begin with: "
                     "leave --init at auto or pca, and give the input");
  constexpr double most_tail = 1e4;  // beyond, float rounds (1 + d^2/a)^-a to something else
  require_everywhere(
      comm, options.objective.tail <= most_tail,
      fmt::format("--tail {:g} is beyond {:g}, where the kernel is Gaussian in all but name: use --method "
                  "ssne, whose kernel is the Gaussian",
                  options.objective.tail, most_tail));
  constexpr double least_tail = 1e-3;
  require_everywhere(comm, options.objective.tail >= least_tail,
                     fmt::format("--tail {:g} is below {:g}: so heavy a tail is the same for near and far rows",
                                 options.objective.tail, least_tail));
}

LocalIndex chosen_components(const MapOptions& options, GlobalIndex columns, LocalIndex least) {
  return options.components && columns > *options.components ? std::max<LocalIndex>(*options.components, least) : 0;
}

SettledRanks::SettledRanks(const Communicator& comm, int threads_in)
    : threads_before_(threads()), sets_before_(supported_instruction_sets()) {
  std::uint64_t missing = ~static_cast<std::uint64_t>(sets_before_);
  comm.bit_or(std::span<std::uint64_t>(&missing, 1));
  restrict_instruction_sets(static_cast<std::int64_t>(~missing));
  set_threads(threads_in);
}

SettledRanks::~SettledRanks() {
  set_threads(threads_before_);
  if (supported_instruction_sets() != sets_before_) {
    restrict_instruction_sets(-1);
    restrict_instruction_sets(sets_before_);
  }
}

}  // namespace distsne
