/// Data and partitions that the tests share.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "distsne/data/matrix.hpp"
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

/// The rows of a rank of a map that this process has whole.
template <class Real>
Embedding<Real> part_of(const Embedding<Real>& whole, const RowPartition& partition, Rank rank) {
  Embedding<Real> part(partition, rank, whole.columns);
  const auto begin = whole.values.begin() + partition.begin(rank) * whole.columns;
  std::copy_n(begin, part.values.size(), part.values.begin());
  return part;
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
