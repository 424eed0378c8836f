/// Affinities of the rows of a neighbor graph.
#include "affinity/sparse.hpp"

#include "affinity/finish.hpp"
#include "affinity/neighbor_row.hpp"
#include "affinity/row_groups.hpp"
#include "mpi/interruption.hpp"

namespace distsne {

template <class Real>
ConditionalAffinities<Real> sparse_affinities(const Communicator& comm, NeighborGraph&& graph,
                                              const AffinityOptions& options) {
  require_affinities_fit(comm, options, graph.rows(), graph.k);
  const std::int64_t count = graph.local_rows();
  SparseRows<Real> rows;
  rows.partition = graph.partition;
  rows.rank = graph.rank;
  rows.begin.resize(static_cast<std::size_t>(count) + 1);
  for (std::size_t i = 0; i < rows.begin.size(); ++i) {
    rows.begin[i] = static_cast<std::int64_t>(i) * graph.k;
  }
  rows.columns = unset_entries<CompactIndex>(graph.neighbors.size());
  rows.values = unset_entries<Real>(graph.neighbors.size());
  std::vector<PerplexityRow> found(static_cast<std::size_t>(count));
  for_row_groups(
      found.size(),
      [&](std::size_t first, std::size_t end) {
        NeighborRow<Real> row;
        for (std::size_t i = first; i < end; ++i) {
          const auto at = static_cast<std::size_t>(rows.begin[i]);
          const auto local = static_cast<LocalIndex>(i);
          found[i] = row.fill(graph.neighbors_of(local), graph.distances_of(local), options, rows.columns.data() + at,
                              rows.values.data() + at);
        }
      },
      [&](std::size_t end) {
        release_front(graph.neighbors, end * static_cast<std::size_t>(graph.k));
        release_front(graph.distances, end * static_cast<std::size_t>(graph.k));
      });
  stop_if_asked(comm);
  graph = {};
  return finished_conditional(comm, AffinityRows<Real>(std::move(rows)), found);
}

template ConditionalAffinities<float> sparse_affinities(const Communicator&, NeighborGraph&&, const AffinityOptions&);
template ConditionalAffinities<double> sparse_affinities(const Communicator&, NeighborGraph&&, const AffinityOptions&);

}  // namespace distsne
