/// From the squared distances of one row to its conditional affinities.
#pragma once

#include <span>

#include "affinity/perplexity.hpp"
#include "distsne/affinity/options.hpp"
#include "distsne/base/aligned.hpp"

namespace distsne {

/// Replaces squared distances by p_j|i as the options say; see perplexity_row for the layout of `row`.
///   squared_unit   squared distances in the unit of X are the row's entries times this
///   scratch        memory to work in, kept from row to row
///   weights        how many points each entry stands for, as in perplexity_row; empty: 1 each
template <class Real>
PerplexityRow affinity_row(std::span<Real> row, std::size_t columns, std::size_t self, const AffinityOptions& options,
                           double squared_unit, AlignedVector<Real>& scratch, std::span<const Real> weights = {});

extern template PerplexityRow affinity_row(std::span<float>, std::size_t, std::size_t, const AffinityOptions&, double,
                                           AlignedVector<float>&, std::span<const float>);
extern template PerplexityRow affinity_row(std::span<double>, std::size_t, std::size_t, const AffinityOptions&, double,
                                           AlignedVector<double>&, std::span<const double>);

}  // namespace distsne
