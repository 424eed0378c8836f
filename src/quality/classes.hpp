/// How well a map keeps classes of rows together and apart.
#pragma once

#include <span>
#include <vector>

#include "data/labels.hpp"
#include "data/row_comparison.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Rows of each class over all ranks.
[[nodiscard]] std::vector<std::int64_t> class_sizes(const Communicator& comm, const ClassLabels& labels);

/// Collective. For each compared row 1 where the most frequent class of its k nearest rows is its own, else 0 (Cover
/// and Hart 1967, leaving the row itself out); of equally frequent classes the first is taken. NaN for rows without a
/// class; neighbors without one have no vote. `queries` are the compared rows, local ones.
[[nodiscard]] std::vector<double> nearest_class_hits(const Communicator& comm, const ClassLabels& labels,
                                                     std::span<const LocalIndex> queries, const RowComparison& in_map,
                                                     LocalIndex k);

/// Collective. The silhouette of each of the rows `queries` in the map by all rows that have a class (Rousseeuw 1987):
/// (b - a) / max(a, b), with a its mean distance to the other rows of its class, b the least mean distance to another
/// class; 0 for the only row of a class, NaN for rows without a class and where there is one class. Distances are
/// summed in integers of some 2^-40 of the map's extent: the same bits for any partition. Throws Stopped.
[[nodiscard]] std::vector<double> silhouettes(const Communicator& comm, const Embedding<float>& map,
                                              const ClassLabels& labels, std::span<const LocalIndex> queries);

/// Collective. The mean of the rows of each class: classes x columns, row-major, the same on all ranks; summed in
/// integers of some 2^-40 of the largest value. NaN for classes without rows.
[[nodiscard]] std::vector<double> class_centers(const Communicator& comm, const DistributedMatrix<float>& rows,
                                                const ClassLabels& labels);

/// Not collective. Spearman's rank correlation of the distances between all pairs of centers in the data and in the
/// map; NaN for fewer than 3 classes.
[[nodiscard]] double center_correlation(std::span<const double> in_data, std::span<const double> in_map,
                                        std::size_t classes);

}  // namespace distsne
