/// Where the rows begin in the map.
#pragma once

#include "pipeline/stages.hpp"

namespace distsne {

/// Collective. As --init and --init-scale say; `x` are the rows that are compared, which only pca looks at. Says what a
/// user should know of a given map: that it is far larger than maps begin.
template <class Real>
[[nodiscard]] Embedding<Real> initial_map(const Run& run, const DistributedMatrix<Real>& x);

extern template Embedding<float> initial_map(const Run&, const DistributedMatrix<float>&);
extern template Embedding<double> initial_map(const Run&, const DistributedMatrix<double>&);

}  // namespace distsne
