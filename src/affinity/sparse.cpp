/// Affinities of the rows of a neighbor graph.
#include "affinity/sparse.hpp"

#include "affinity/finish.hpp"
#include "affinity/neighbor_row.hpp"
#include "affinity/row_groups.hpp"
#include "mpi/index_map.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

/// The weights of the rows that a graph names, of this rank and of others.
template <class Real>
class NamedWeights {
 public:
  /// Collective.
  NamedWeights(const Communicator& comm, const NeighborGraph& graph, const AlignedVector<Real>& own)
      : index_(graph.partition, graph.rank, graph.neighbors),
        all_(index_.with_ghosts(comm, std::span<const Real>(own))) {}

  [[nodiscard]] Real of(CompactIndex row) const { return all_[index_.local(row)]; }
  [[nodiscard]] Real of_own(std::size_t row) const { return all_[row]; }

 private:
  IndexMap index_;
  std::vector<Real> all_;
};

}  // namespace

template <class Real>
ConditionalAffinities<Real> sparse_affinities(const Communicator& comm, NeighborGraph&& graph,
                                              const AffinityOptions& options, RowWeights<Real>&& weights) {
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
  std::optional<NamedWeights<Real>> named;
  if (weights) {
    named.emplace(comm, graph, *weights);
  }
  for_row_groups(
      found.size(),
      [&](std::size_t first, std::size_t end) {
        NeighborRow<Real> row;
        std::vector<Real> of_neighbors;
        for (std::size_t i = first; i < end; ++i) {
          const auto at = static_cast<std::size_t>(rows.begin[i]);
          const auto local = static_cast<LocalIndex>(i);
          const auto neighbors = graph.neighbors_of(local);
          CompactIndex* const columns = rows.columns.data() + at;
          Real* const values = rows.values.data() + at;
          if (!named) {
            found[i] = row.fill(neighbors, graph.distances_of(local), options, columns, values);
            continue;
          }
          of_neighbors.resize(neighbors.size());
          std::transform(neighbors.begin(), neighbors.end(), of_neighbors.begin(),
                         [&](CompactIndex neighbor) { return named->of(neighbor); });
          found[i] = row.fill(neighbors, graph.distances_of(local), named->of_own(i),
                              std::span<const Real>(of_neighbors), options, columns, values);
        }
      },
      [&](std::size_t end) {
        release_front(graph.neighbors, end * static_cast<std::size_t>(graph.k));
        release_front(graph.distances, end * static_cast<std::size_t>(graph.k));
      });
  stop_if_asked(comm);
  graph = {};
  return finished_conditional(comm, AffinityRows<Real>(std::move(rows)), found, std::move(weights));
}

template ConditionalAffinities<float> sparse_affinities(const Communicator&, NeighborGraph&&, const AffinityOptions&,
                                                        RowWeights<float>&&);
template ConditionalAffinities<double> sparse_affinities(const Communicator&, NeighborGraph&&, const AffinityOptions&,
                                                         RowWeights<double>&&);

}  // namespace distsne
