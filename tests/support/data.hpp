/// Data and partitions that the tests share.
#pragma once

#include <string>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/field/map_points.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne::test {

/// Partitions of `rows` rows over the ranks: even; everything on the last rank; sizes that grow with the rank.
std::vector<RowPartition> partitions(GlobalIndex rows, Rank ranks);

/// A partition with all rows on this process.
inline RowPartition whole(GlobalIndex rows) { return RowPartition(rows, 1); }

/// Rows of a mixture of five Gaussians; a function of the global row.
template <class Real>
DistributedMatrix<Real> clusters(const RowPartition& partition, Rank rank, LocalIndex columns, std::uint64_t seed = 1);

/// A map of normal coordinates with the given standard deviation.
template <class Real>
Embedding<Real> random_map(const RowPartition& partition, Rank rank, LocalIndex dims, double deviation,
                           std::uint64_t seed = 7);

/// All points of a map on one process.
template <class Real>
MapPoints<Real> all_points(const Embedding<Real>& map) {
  MapPoints<Real> points;
  gather_points(Communicator::self(), map, points);
  return points;
}

/// A dataset of doubles from a file under tests/.
struct Reference {
  std::vector<std::size_t> extent;
  std::vector<double> values;
};
Reference read_reference(const std::string& file, const std::string& dataset);

/// Path of a bundled file.
inline std::string test_file(const std::string& name) { return std::string(DISTSNE_TEST_DIR) + "/" + name; }

}  // namespace distsne::test
