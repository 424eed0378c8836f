/// Where the points of the map lie.
#pragma once

#include <algorithm>
#include <array>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// The lowest corner of the map and its extents; `finite` is false when a coordinate is not.
struct Bounds {
  std::array<double, 3> low{};
  std::array<double, 3> extent{};
  std::array<double, 3> own_low{};  ///< of the points of this rank, if it has any
  std::array<double, 3> own_high{};
  bool finite = true;

  [[nodiscard]] double longest() const { return std::max({extent[0], extent[1], extent[2]}); }
};

/// Collective.
template <class Real>
[[nodiscard]] Bounds find_bounds(const Communicator& comm, const Embedding<Real>& map);

}  // namespace distsne
