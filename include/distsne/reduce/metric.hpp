/// Metrics by preparing the rows of X, so that Euclidean distances between the prepared rows serve every later stage.
#pragma once

#include "distsne/base/words.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// How unlike two rows are.
enum class Metric {
  euclidean,   ///< |a - b|
  cosine,      ///< 1 - a.b / (|a| |b|), the angle's cosine: the lengths of rows do not matter
  correlation  ///< 1 - Pearson's correlation of the two rows: neither lengths nor levels of rows matter
};

inline constexpr Word<Metric> metric_words[] = {
    {"euclidean", Metric::euclidean}, {"cosine", Metric::cosine}, {"correlation", Metric::correlation}};

/// Collective. Changes X in place, row by row: cosine scales each row to length 1, correlation first subtracts the
/// row's own mean (Pearson 1895, "Note on regression and inheritance"). Then |a - b|^2 = 2 (1 - a.b), twice the cosine
/// or correlation distance, so both order the pairs alike. Euclidean leaves X as it is. Lengths and means are summed in
/// double in an order that depends on the columns only. X holds finite values of any magnitude.
///
/// Throws Error (bad input) everywhere when rows have no direction: all zeros for cosine, all values equal for
/// correlation; X is unchanged then. UMAP, pynndescent (which scanpy uses) and scikit-learn set the distance of such a
/// row to any other to 1, as far as unrelated rows are. That would take a column more; left at the origin, such a row
/// would come out nearer to every row than unrelated rows are to each other.
template <class Real>
void prepare_metric(const Communicator& comm, DistributedMatrix<Real>& x, Metric metric);

extern template void prepare_metric(const Communicator&, DistributedMatrix<float>&, Metric);
extern template void prepare_metric(const Communicator&, DistributedMatrix<double>&, Metric);

}  // namespace distsne
