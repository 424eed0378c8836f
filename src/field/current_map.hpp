/// The map during one iteration: the rows of this rank, and those of all ranks for what needs them.
#pragma once

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "field/map_points.hpp"

namespace distsne {

/// Points are brought to all ranks once an iteration at the most, when something first asks for all of them.
template <class Real>
class CurrentMap {
 public:
  CurrentMap(const Communicator& comm, const Embedding<Real>& map) : comm_(&comm), map_(&map) {}

  [[nodiscard]] const Communicator& comm() const { return *comm_; }
  [[nodiscard]] const Embedding<Real>& own() const { return *map_; }
  [[nodiscard]] std::size_t dims() const { return static_cast<std::size_t>(map_->columns); }
  /// The points have moved.
  void moved() { gathered_ = false; }
  /// Collective when called for the first time since the points moved: all ranks ask for them, or none.
  [[nodiscard]] const MapPoints<Real>& all() {
    if (!gathered_) {
      gather_points(*comm_, *map_, points_);
      gathered_ = true;
    }
    return points_;
  }

 private:
  const Communicator* comm_;
  const Embedding<Real>* map_;
  MapPoints<Real> points_;
  bool gathered_ = false;
};

}  // namespace distsne
