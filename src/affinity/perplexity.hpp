/// From the squared distances of one row to its conditional affinities of a given perplexity.
#pragma once

#include <span>

#include "distsne/base/types.hpp"

namespace distsne {

/// What the search found for one row.
struct PerplexityRow {
  double beta = 0.0;     ///< 1 / 2 sigma^2, in the unit of 1 / squared distance
  double entropy = 0.0;  ///< -sum_j p_j|i log p_j|i in nats; log of the perplexity that was met
  double own = 0.0;      ///< p_i|i, the share of the duplicates that a row of weight above 1 stands for
  bool met = true;       ///< false when more points than the perplexity are equally near: p is uniform over those
  bool apart = false;    ///< the nearest point is at a distance above 0
  bool light = false;    ///< all neighbors together weigh less than the perplexity: p is as their weights are
};

/// Largest |entropy - log perplexity| that the search leaves.
inline constexpr double perplexity_tolerance = 1e-6;

/// Replaces squared distances by p_j|i = exp(-beta d_j) / sum (van der Maaten and Hinton 2008, eq. 1), with beta such
/// that the entropy is log `perplexity` (their section 2), found by a Newton iteration on log beta kept inside a
/// bracket.
///   row         squared distances, then affinities; row[self] becomes 0
///   self        column of the point itself
///   columns     number of points, the first `columns` entries of row; the entries after them become 0
///   weights     how many points at one place each entry stands for, as long as row; empty: 1 each. Then p_j|i is the
///               share of all of them, w_j exp(-beta d_j) / sum, and the entropy is that of the points one by one,
///               -sum_j p_j|i log(p_j|i / w_j)
/// Distances are shifted by the least one, so that an isolated point's affinities do not underflow.
template <class Real>
PerplexityRow perplexity_row(std::span<Real> row, std::size_t columns, std::size_t self, double perplexity,
                             std::span<const Real> weights = {});

extern template PerplexityRow perplexity_row(std::span<float>, std::size_t, std::size_t, double,
                                             std::span<const float>);
extern template PerplexityRow perplexity_row(std::span<double>, std::size_t, std::size_t, double,
                                             std::span<const double>);

}  // namespace distsne
