/// Comparing distances with the rounding of what they are distances of.
#include "pipeline/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "mpi/row_exchange.hpp"

namespace distsne {

std::vector<float> rounded_magnitudes(const DistributedMatrix<float>& x) {
  constexpr float exact = 4194304.0F;  // 2^22: beyond 2^23 all values of float are integers
  std::vector<float> magnitudes(static_cast<std::size_t>(x.local_rows()));
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    float largest = 0.0F;
    bool integers = true;
    for (const float value : x.row(i)) {
      largest = std::max(largest, std::abs(value));
      integers = integers && value == std::nearbyint(value);
    }
    magnitudes[static_cast<std::size_t>(i)] = integers && largest <= exact ? 0.0F : largest;
  }
  return magnitudes;
}

GlobalIndex rows_with_rounded_distances(const Communicator& comm, const RowPartition& partition,
                                        const std::vector<float>& magnitudes, const NeighborGraph& graph) {
  const RowExchange plan = RowExchange::fetch(comm, partition, graph.input_row);
  std::vector<float> of_row(plan.arriving());
  plan.move(comm, std::span<const float>(magnitudes), 1, std::span<float>(of_row));
  constexpr float two_digits = 50.0F * std::numeric_limits<float>::epsilon();  // 100 roundings of 2^-24
  GlobalIndex lost = 0;
  for (LocalIndex i = 0; i < graph.local_rows(); ++i) {
    const float farthest = graph.distances_of(i).back();
    lost += farthest > 0.0F && farthest < two_digits * of_row[static_cast<std::size_t>(i)] ? 1 : 0;
  }
  return comm.sum(lost);
}

}  // namespace distsne
