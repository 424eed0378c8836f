/// What is done to the state of the loop as a whole: bringing its rows together, and looking for a bad one.
#pragma once

#include <span>

#include "embed/optimize.hpp"

namespace distsne {

/// Collective. Brings rows near each other on the map together, with all that belongs to them.
template <class Real>
void reorder(const Communicator& comm, Objective<Real>& objective, LoopState<Real>& state);

/// Collective. Where a map has diverged: the first row of the input whose place or velocity is not a finite number;
/// where all are, the first whose step is none (one bad place makes bad steps of all rows), else the one farthest out.
template <class Real>
[[nodiscard]] GlobalIndex diverged_row(const Communicator& comm, const LoopState<Real>& state,
                                       std::span<const double> gradient);

/// Collective. The rows of a moving map in the order of the input, evenly spread.
template <class Real>
[[nodiscard]] Embedding<Real> in_input_order(const Communicator& comm, const MovingMap<Real>& moving);

extern template Embedding<float> in_input_order(const Communicator&, const MovingMap<float>&);
extern template Embedding<double> in_input_order(const Communicator&, const MovingMap<double>&);

}  // namespace distsne
