/// A map of some rows as the beginning of a map of all.
#pragma once

#include <algorithm>

#include "pipeline/run.hpp"

namespace distsne {

/// Rows of the sample of so many.
inline double expected_sample(double rows) { return std::clamp(0.1 * rows, std::min(2000.0, rows), 50000.0); }

/// Collective. Embeds a tenth of the rows (2,000 to 50,000), drawn by the seed, by the same options, which sees
/// structure ten times as broad, and places every row among its 10 nearest of these (Kobak and Berens 2019, for large
/// data). Scaled to the spread that maps begin with. `x` are the rows that are compared.
template <class Real>
[[nodiscard]] Embedding<Real> multilevel_map(const Run& run, const DistributedMatrix<Real>& x, double spread);

extern template Embedding<float> multilevel_map(const Run&, const DistributedMatrix<float>&, double);
extern template Embedding<double> multilevel_map(const Run&, const DistributedMatrix<double>&, double);

}  // namespace distsne
