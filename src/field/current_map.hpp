/// The map during one iteration: the rows of this rank, and those of all ranks for what needs them.
#pragma once

#include "data/row_weights.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "field/map_points.hpp"

namespace distsne {

/// Points are brought to all ranks once an iteration at the most, when something first asks for all of them.
template <class Real>
class CurrentMap {
 public:
  CurrentMap(const Communicator& comm, const Embedding<Real>& map) : comm_(&comm), map_(&map) {}
  /// Of rows with weights, if they have any, which are reordered with the map.
  CurrentMap(const Communicator& comm, const Embedding<Real>& map, const RowWeights<Real>& weights)
      : comm_(&comm), map_(&map), weights_(weights ? &*weights : nullptr) {}

  [[nodiscard]] const Communicator& comm() const { return *comm_; }
  [[nodiscard]] const Embedding<Real>& own() const { return *map_; }
  [[nodiscard]] std::size_t dims() const { return static_cast<std::size_t>(map_->columns); }
  /// The weights of the rows of this rank, which are their charges; null on all ranks: 1 each.
  [[nodiscard]] const AlignedVector<Real>* weights() const { return weights_; }
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
  const AlignedVector<Real>* weights_ = nullptr;
  MapPoints<Real> points_;
  bool gathered_ = false;
};

}  // namespace distsne
