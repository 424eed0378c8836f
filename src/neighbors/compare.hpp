/// Some rows compared with every row, without approximation.
#pragma once

#include <span>

#include "data/row_comparison.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. The k nearest of all other rows for each of the rows `queries` (local rows of this rank, any number of
/// them), and the ranks of the rows `named` (global, `named_each` for each query, not the query itself) among all other
/// rows by their Euclidean distance. k and `named_each` are the same on all ranks; k is below the number of rows.
///
/// Queries pass round all ranks in rounds of a bounded size, and each rank compares them with its own rows: work q N D
/// / P, memory one copy of the rows beside x. Distances decide by sums of squared differences in float wherever the
/// quicker expanded form leaves a doubt. Of equally near rows the first are taken.
/// The same bits for any partition and number of threads. Throws Stopped.
[[nodiscard]] RowComparison compare_rows(const Communicator& comm, DistributedMatrix<float> x,
                                         std::span<const LocalIndex> queries, LocalIndex k,
                                         std::span<const CompactIndex> named, LocalIndex named_each);

}  // namespace distsne
