/// A matrix of which most values are zero, whose rows are spread over the ranks.
#pragma once

#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// N x D values; this rank holds those of the rows [first_row(), first_row() + local_rows()) that are not zero: row i
/// has the entries [begin[i], begin[i + 1]), in rising columns, each column once.
template <class Real>
struct SparseMatrix {
  RowPartition partition;
  Rank rank = 0;
  LocalIndex columns = 0;
  std::vector<std::int64_t> begin{0};
  UnsetVector<CompactIndex> column;
  UnsetVector<Real> values;

  [[nodiscard]] GlobalIndex rows() const { return partition.rows(); }
  [[nodiscard]] GlobalIndex first_row() const { return partition.begin(rank); }
  [[nodiscard]] LocalIndex local_rows() const { return partition.size(rank); }
};

}  // namespace distsne
