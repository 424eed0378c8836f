/// Affinities of the rows of a neighbor graph.
#include "affinity/sparse.hpp"

#include <algorithm>
#include <numeric>

#include "affinity/finish.hpp"
#include "affinity/row.hpp"
#include "affinity/row_groups.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

constexpr std::size_t lanes = 16;  // rows are padded to whole vectors

/// One row in the memory of a thread.
template <class Real>
struct Row {
  AlignedVector<Real> values;
  AlignedVector<Real> scratch;
  std::vector<std::uint32_t> order;
};

/// Finds p_j|i of a row and writes it with rising columns.
template <class Real>
PerplexityRow fill_row(const NeighborGraph& graph, LocalIndex local, const AffinityOptions& options, Row<Real>& row,
                       SparseRows<Real>& out) {
  const auto k = static_cast<std::size_t>(graph.k);
  const auto neighbors = graph.neighbors_of(local);
  const auto distances = graph.distances_of(local);
  // In units of the farthest: no square overflows, and the affinities don't depend on the unit.
  const double unit = static_cast<double>(*std::max_element(distances.begin(), distances.end()));
  row.values.assign(round_up(k + 1, lanes), Real{0});
  for (std::size_t n = 0; n < k; ++n) {
    const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
    row.values[n] = static_cast<Real>(relative * relative);
  }
  const PerplexityRow found = affinity_row(std::span<Real>(row.values), k, k, options, unit * unit, row.scratch);
  row.order.resize(k);
  std::iota(row.order.begin(), row.order.end(), 0U);
  std::sort(row.order.begin(), row.order.end(), [&](auto a, auto b) { return neighbors[a] < neighbors[b]; });
  const std::size_t first = static_cast<std::size_t>(local) * k;
  for (std::size_t n = 0; n < k; ++n) {
    out.columns[first + n] = neighbors[row.order[n]];
    out.values[first + n] = row.values[row.order[n]];
  }
  return found;
}

}  // namespace

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
        Row<Real> row;
        for (std::size_t i = first; i < end; ++i) {
          found[i] = fill_row(graph, static_cast<LocalIndex>(i), options, row, rows);
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
