/// Keeping a map at a size at which forces work: neither beyond all use nor so small that digits run out.
#pragma once

#include "embed/optimize.hpp"

namespace distsne {

/// How far rows are moved at random where axes have become one, as a share of the spread.
inline constexpr double jitter = 0.01;

/// Collective. Throws DivergedMap where the map is beyond all use; scales up one that shrinks, with its velocity, and
/// parts axes that have become one.
template <class Real>
void keep_spread(const Communicator& comm, const PaceOptions& options, LoopState<Real>& state);

/// Not collective. Moves all rows at random: the axes have become one, as far as the digits go, and no force could part
/// them. The same for any partition.
template <class Real>
void part_axes(const PaceOptions& options, double spread, LoopState<Real>& state);

extern template void part_axes(const PaceOptions&, double, LoopState<float>&);
extern template void part_axes(const PaceOptions&, double, LoopState<double>&);
extern template void keep_spread(const Communicator&, const PaceOptions&, LoopState<float>&);
extern template void keep_spread(const Communicator&, const PaceOptions&, LoopState<double>&);

}  // namespace distsne
