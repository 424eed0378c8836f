/// All points of the map on one rank, one array per coordinate, as the SIMD loops read them.
#pragma once

#include <array>

#include "distsne/base/aligned.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Coordinates of all N points; each array is padded with zeros by `map_points_padding` elements at least.
template <class Real>
struct MapPoints {
  int dims = 0;
  GlobalIndex rows = 0;
  std::array<AlignedVector<Real>, 3> coordinate;
};

/// Elements that may be read past the last point: the widest tile of targets.
inline constexpr std::size_t map_points_padding = 128;

/// Collective. Brings every rank's block of the map to all ranks: N x M values received per rank.
template <class Real>
void gather_points(const Communicator& comm, const Embedding<Real>& map, MapPoints<Real>& points);

extern template void gather_points(const Communicator&, const Embedding<float>&, MapPoints<float>&);
extern template void gather_points(const Communicator&, const Embedding<double>&, MapPoints<double>&);

}  // namespace distsne
