/// How affinities are made from distances.
#pragma once

#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/base/words.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

enum class AffinityKind {
  perplexity,  ///< Gaussian in the distance, sigma of each row from the perplexity
  uniform,     ///< 1/k for each neighbor
  sigma        ///< Gaussian in the distance, one sigma for all rows
};

inline constexpr Word<AffinityKind> affinity_words[] = {
    {"perplexity", AffinityKind::perplexity}, {"uniform", AffinityKind::uniform}, {"sigma", AffinityKind::sigma}};

struct AffinityOptions {
  AffinityKind kind = AffinityKind::perplexity;
  /// Effective numbers of neighbors of each point, 2^entropy of p_.|i, each at least 1 and at most N - 1. Larger values
  /// bring out broader structure. Of several the affinities are averaged (Kobak and Berens 2019): structure of all
  /// scales.
  std::vector<double> perplexities{30.0};
  /// Standard deviation of the Gaussian where it is the same for all rows, in the unit of X.
  double sigma = 1.0;
};

/// Neighbors of each row that the affinities of `options` need: three times the largest perplexity (van der Maaten
/// 2014), 15 for uniform ones (Bohm, Berens and Kobak 2022), 90 with a fixed sigma; at most rows - 1.
[[nodiscard]] LocalIndex neighbors_needed(const AffinityOptions& options, GlobalIndex rows);

/// Collective. Throws Error everywhere (bad input) when a perplexity does not fit the number of rows, or is not below
/// the number of neighbors, or sigma is not positive.
void require_affinities_fit(const Communicator& comm, const AffinityOptions& options, GlobalIndex rows,
                            GlobalIndex neighbors);

}  // namespace distsne
