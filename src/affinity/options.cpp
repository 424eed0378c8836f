/// Checking the options of affinities.
#include "distsne/affinity/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mpi/agreement.hpp"

namespace distsne {

AffinityOptions fitted_to(const AffinityOptions& options, GlobalIndex rows, std::optional<LocalIndex> neighbors) {
  constexpr double usual = 30.0;
  AffinityOptions fitted = options;
  if (fitted.perplexities.empty()) {
    double perplexity = std::min(usual, static_cast<double>(rows - 1) / 3.0);
    if (neighbors && *neighbors < usual) {
      perplexity = std::min(perplexity, static_cast<double>(*neighbors) / 3.0);
    }
    fitted.perplexities = {std::max(1.0, perplexity)};
  }
  return fitted;
}

LocalIndex neighbors_needed(const AffinityOptions& options, GlobalIndex rows) {
  constexpr double per_perplexity = 3.0;
  double needed = 0.0;
  switch (options.kind) {
    case AffinityKind::uniform:
      needed = 15.0;
      break;
    case AffinityKind::sigma:
      needed = 90.0;
      break;
    case AffinityKind::given:
      break;
    case AffinityKind::perplexity:
      for (const double perplexity : options.perplexities) {
        needed = std::max(needed, std::ceil(per_perplexity * perplexity));
      }
  }
  return static_cast<LocalIndex>(std::min(needed, static_cast<double>(std::min<GlobalIndex>(rows - 1, 1 << 30))));
}

void require_affinities_fit(const Communicator& comm, const AffinityOptions& options, GlobalIndex rows,
                            GlobalIndex neighbors) {
  if (options.kind == AffinityKind::sigma) {
    require_everywhere(comm, options.sigma > 0.0 && std::isfinite(options.sigma),
                       fmt::format("--sigma {}: it must be a positive number", options.sigma));
  }
  if (options.kind != AffinityKind::perplexity) {
    return;
  }
  require_everywhere(comm, !options.perplexities.empty(), "--perplexity: at least one number is wanted");
  for (const double perplexity : options.perplexities) {
    require_everywhere(comm, perplexity >= 1.0 && std::isfinite(perplexity),
                       fmt::format("--perplexity {}: it is a number of neighbors, at least 1", perplexity));
    require_everywhere(comm, perplexity <= static_cast<double>(rows - 1),
                       fmt::format("--perplexity {} does not fit {} rows, since a row has only {} others: the largest "
                                   "that fits is {}",
                                   perplexity, rows, rows - 1, rows - 1));
    require_everywhere(
        comm, perplexity <= static_cast<double>(neighbors),
        fmt::format("--perplexity {} does not fit {} neighbors of each row: the largest that fits is {}, "
                    "or choose a larger --k",
                    perplexity, neighbors, neighbors));
  }
}

}  // namespace distsne
