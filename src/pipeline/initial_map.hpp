/// Where the rows begin in the map.
#pragma once

#include <variant>

#include "pipeline/run.hpp"

namespace distsne {

/// A map to begin with; none where it is not asked for.
using GivenMap = std::variant<std::monostate, Embedding<float>, Embedding<double>>;

/// Collective. As --init and --init-scale say; `given` is for a kind of InitialMap::file; `x` are the rows that are
/// compared, which only pca looks at. Says what a user should know of a given map: that it is far larger than maps
/// begin.
template <class Real>
[[nodiscard]] Embedding<Real> initial_map(const Run& run, const DistributedMatrix<Real>& x, const GivenMap& given);

extern template Embedding<float> initial_map(const Run&, const DistributedMatrix<float>&, const GivenMap&);
extern template Embedding<double> initial_map(const Run&, const DistributedMatrix<double>&, const GivenMap&);

}  // namespace distsne
