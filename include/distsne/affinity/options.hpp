/// How affinities are made from distances.
#pragma once

#include <optional>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/base/words.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

enum class AffinityKind {
  perplexity,  ///< Gaussian in the distance, sigma of each row from the perplexity
  uniform,     ///< 1/k for each neighbor
  sigma,       ///< Gaussian in the distance, one sigma for all rows
  given        ///< as they are given, see given.hpp
};

inline constexpr Word<AffinityKind> affinity_words[] = {{"perplexity", AffinityKind::perplexity},
                                                        {"uniform", AffinityKind::uniform},
                                                        {"sigma", AffinityKind::sigma},
                                                        {"given", AffinityKind::given}};

struct AffinityOptions {
  AffinityKind kind = AffinityKind::perplexity;
  /// Effective numbers of neighbors of each point, 2^entropy of p_.|i, each at least 1 and at most N - 1. Larger values
  /// bring out broader structure. Of several the affinities are averaged (Kobak and Berens 2019): structure of all
  /// scales. Empty: fitted to the number of rows, see fitted_to.
  std::vector<double> perplexities;
  /// Standard deviation of the Gaussian where it is the same for all rows, in the unit of X.
  double sigma = 1.0;
};

/// The options with a perplexity where they have none: 30, or a third of the other rows where they are fewer than 90,
/// as smaller neighborhoods are all that few rows have; a third of the neighbors where fewer than 30 are looked for.
[[nodiscard]] AffinityOptions fitted_to(const AffinityOptions& options, GlobalIndex rows,
                                        std::optional<LocalIndex> neighbors = {});

/// Neighbors of each row that the affinities of `options` need: three times the largest perplexity (van der Maaten
/// 2014), 15 for uniform ones (Bohm, Berens and Kobak 2022), 90 with a fixed sigma; at most rows - 1. None for given
/// ones.
[[nodiscard]] LocalIndex neighbors_needed(const AffinityOptions& options, GlobalIndex rows);

/// Collective. Throws Error everywhere (bad input) when a perplexity does not fit the number of rows, or is not below
/// the number of neighbors, or sigma is not positive.
void require_affinities_fit(const Communicator& comm, const AffinityOptions& options, GlobalIndex rows,
                            GlobalIndex neighbors);

}  // namespace distsne
