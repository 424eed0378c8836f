/// Gathering the map and taking its coordinates apart.
#include "field/map_points.hpp"

namespace distsne {

template <class Real>
void gather_points(const Communicator& comm, const Embedding<Real>& map, MapPoints<Real>& points) {
  const auto rows = static_cast<std::size_t>(map.rows());
  const auto dims = static_cast<std::size_t>(map.columns);
  AlignedVector<Real> all(rows * dims);
  comm.all_gather(std::span<const Real>(map.values), map.partition.sizes(map.columns), all.data());
  points.dims = map.columns;
  points.rows = map.rows();
  for (std::size_t m = 0; m < dims; ++m) {
    auto& coordinate = points.coordinate[m];
    coordinate.assign(round_up(rows, map_points_padding) + map_points_padding, Real{0});
    for (std::size_t i = 0; i < rows; ++i) {
      coordinate[i] = all[i * dims + m];
    }
  }
}

template void gather_points(const Communicator&, const Embedding<float>&, MapPoints<float>&);
template void gather_points(const Communicator&, const Embedding<double>&, MapPoints<double>&);

}  // namespace distsne
