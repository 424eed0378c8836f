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

/// Not collective. Where a further map of the same rows begins, whose run has another seed than that of `start`: at
/// random places where that did, a hundredth of the spread from it at random where it came from the rows, else there.
template <class Real>
[[nodiscard]] Embedding<Real> start_of_seed(const Run& run, const Embedding<Real>& start);

extern template Embedding<float> initial_map(const Run&, const DistributedMatrix<float>&, const GivenMap&);
extern template Embedding<double> initial_map(const Run&, const DistributedMatrix<double>&, const GivenMap&);
extern template Embedding<float> start_of_seed(const Run&, const Embedding<float>&);
extern template Embedding<double> start_of_seed(const Run&, const Embedding<double>&);

}  // namespace distsne
