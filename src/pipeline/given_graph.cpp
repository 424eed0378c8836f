/// Checking neighbor graphs, and spreading them evenly.
#include "pipeline/given_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mpi/agreement.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

/// What is wrong with the neighbors of one of this rank's rows, or nothing.
std::string defect_of(const NeighborGraph& graph, LocalIndex row) {
  const auto own = graph.neighbors_of(row);
  std::vector<CompactIndex> sorted(own.begin(), own.end());
  std::sort(sorted.begin(), sorted.end());
  const GlobalIndex self = graph.first_row() + row;
  if (static_cast<GlobalIndex>(sorted.back()) >= graph.rows()) {
    return fmt::format("neighbor {} is not one of {} rows", sorted.back(), graph.rows());
  }
  if (std::binary_search(sorted.begin(), sorted.end(), static_cast<CompactIndex>(self))) {
    return "the row is its own neighbor";
  }
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return "a neighbor stands there twice";
  }
  if (!graph.distances.empty()) {
    const auto distances = graph.distances_of(row);
    if (!std::all_of(distances.begin(), distances.end(), [](float d) { return std::isfinite(d) && d >= 0.0F; }) ||
        !std::is_sorted(distances.begin(), distances.end())) {
      return "distances are not finite, negative or not rising";
    }
  }
  return "";
}

}  // namespace

void require_graph(const Communicator& comm, const NeighborGraph& graph, GlobalIndex rows) {
  require_everywhere(comm, graph.partition.ranks() == comm.size() && graph.rank == comm.rank() && graph.rows() == rows,
                     fmt::format("graph: a partition of {} rows over {} ranks is wanted", rows, comm.size()));
  const bool same_k = comm.min(std::int64_t{graph.k}) == comm.max(std::int64_t{graph.k});
  require_everywhere(comm, graph.k >= 1 && same_k,
                     "graph: at least one neighbor of each row is wanted, as many on all ranks");
  const std::size_t entries = checked_product(graph.local_rows(), graph.k);
  const std::int64_t lengths = comm.sum(std::int64_t{graph.distances.empty() && entries > 0 ? 1 : 0});
  const std::int64_t filled = comm.sum(std::int64_t{entries > 0 ? 1 : 0});
  require_everywhere(comm,
                     graph.neighbors.size() == entries &&
                         (graph.distances.empty() || graph.distances.size() == entries) &&
                         graph.input_row.size() == static_cast<std::size_t>(graph.local_rows()),
                     fmt::format("graph: rank {} has {} rows with {} neighbors each, and arrays of other sizes",
                                 comm.rank(), graph.local_rows(), graph.k));
  require_everywhere(comm, lengths == 0 || lengths == filled, "graph: only some ranks have distances");
  require_everywhere(comm, names_every_row_once(comm, graph.partition, graph.input_row),
                     "graph: input_row does not name every row once");
  std::string defect;
  for (LocalIndex row = 0; row < graph.local_rows() && defect.empty(); ++row) {
    defect = defect_of(graph, row);
    if (!defect.empty()) {
      defect = fmt::format("graph, row {} (counted from 0): {}", graph.first_row() + row, defect);
    }
  }
  require_everywhere(comm, defect.empty(), defect);
}

NeighborGraph evenly(const Communicator& comm, NeighborGraph&& graph, LocalIndex k) {
  require_everywhere(comm, k <= graph.k,
                     fmt::format("graph: there are {} neighbors of each row, and {} are needed: give more, or choose a "
                                 "smaller --perplexity or --k",
                                 graph.k, k));
  NeighborGraph result;
  result.partition = RowPartition(graph.rows(), comm.size());
  result.rank = comm.rank();
  result.k = k;
  const auto count = static_cast<std::size_t>(result.local_rows());
  const auto have = static_cast<std::size_t>(graph.k);
  const auto wide = static_cast<std::size_t>(k);
  std::vector<GlobalIndex> wanted(count);
  std::iota(wanted.begin(), wanted.end(), result.first_row());
  const RowExchange plan = RowExchange::fetch(comm, graph.partition, wanted);
  result.input_row.resize(count);
  plan.move(comm, std::span<const GlobalIndex>(graph.input_row), 1, std::span<GlobalIndex>(result.input_row));
  const bool measured = comm.max(std::int64_t{graph.distances.empty() ? 0 : 1}) != 0;
  const auto nearest = [&]<class T>(const UnsetVector<T>& all, UnsetVector<T>& kept) {
    UnsetVector<T> moved(count * have);
    plan.move(comm, std::span<const T>(all), have, std::span<T>(moved));
    kept.resize(count * wide);
    for (std::size_t row = 0; row < count; ++row) {
      std::copy_n(moved.begin() + static_cast<std::ptrdiff_t>(row * have), wide,
                  kept.begin() + static_cast<std::ptrdiff_t>(row * wide));
    }
  };
  nearest(graph.neighbors, result.neighbors);
  if (measured) {
    nearest(graph.distances, result.distances);
  } else {
    result.distances.assign(count * wide, 1.0F);
  }
  graph = {};
  return result;
}

}  // namespace distsne
