/// The tiles that ranks have touched, on their way to the ranks that own them and back.
#pragma once

#include "field/convolution.hpp"
#include "field/tiles.hpp"

namespace distsne {

template <class Real>
class TileExchange {
 public:
  /// Collective. Sends the touched tiles to their owners, which add them up in integers, and sets the slabs of the
  /// convolution to the sums over `unit`.
  void add_to_slabs(const Communicator& comm, TilePages<Real>& pages, double unit, SlabConvolution<Real>& convolution);

  /// Collective. Brings the values of the touched tiles back from their owners.
  void bring_back(const Communicator& comm, TilePages<Real>& pages, SlabConvolution<Real>& convolution);

 private:
  std::vector<std::int64_t> slab_sums_;
  std::vector<RankCount> owners_;   // tiles of this rank's points that each rank owns
  std::vector<RankCount> senders_;  // tiles that each rank sent here
  std::vector<std::int64_t> arrived_sums_;
  AlignedVector<Real> departing_values_;
};

extern template class TileExchange<float>;
extern template class TileExchange<double>;

}  // namespace distsne
