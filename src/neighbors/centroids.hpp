/// Centroids of the inverted lists: k-means on a sample of the rows, and an order in which near centroids are near.
#pragma once

#include <cstdint>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// count x columns, row-major, the same on all ranks.
struct Centroids {
  LocalIndex count = 0;
  LocalIndex columns = 0;
  AlignedVector<float> values;

  [[nodiscard]] const float* row(LocalIndex centroid) const {
    return values.data() + static_cast<std::size_t>(centroid) * static_cast<std::size_t>(columns);
  }
};

/// Collective. Lloyd's iteration (Lloyd 1982) from rows drawn by counter-based random numbers, on a sample of about 32
/// rows a centroid. Sums are integers: the same bits for any partition. `x` must lie within [-1, 1]. The result may
/// hold fewer than `wanted` centroids where rows are equal. Near centroids come near each other: they are the leaves of
/// a tree that halves them along their principal axis.
[[nodiscard]] Centroids find_centroids(const Communicator& comm, const DistributedMatrix<float>& x, LocalIndex wanted,
                                       std::uint64_t seed);

/// Not collective; uses all threads. The nearest centroid of each row.
[[nodiscard]] std::vector<LocalIndex> assign_rows(std::span<const float> rows, const Centroids& centroids);

}  // namespace distsne
