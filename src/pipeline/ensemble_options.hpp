/// Several maps of the same rows in one run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace distsne {

/// A map for every pair of a seed and a perplexity; then `bootstraps` maps of the first of both, each of a part of the
/// rows, drawn anew. The first map is that of the first seed, the first perplexity and all rows.
struct EnsembleOptions {
  std::vector<std::uint64_t> seeds;  ///< empty: that of the run
  std::vector<double> perplexities;  ///< empty: that of the run, or those that are averaged
  int bootstraps = 0;
  double share = 0.8;  ///< of the rows that a bootstrap takes

  [[nodiscard]] std::size_t maps() const {
    const std::size_t of_all_rows =
        (seeds.empty() ? 1 : seeds.size()) * (perplexities.empty() ? 1 : perplexities.size());
    return of_all_rows + static_cast<std::size_t>(bootstraps);
  }
  [[nodiscard]] bool several() const { return maps() > 1; }
};

}  // namespace distsne
