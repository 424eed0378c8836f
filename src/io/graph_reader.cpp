/// Reading graphs, checking them, and bringing their rows into their working order.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "io/find_dataset.hpp"
#include "io/graph.hpp"
#include "io/graph_matrix.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_tree.hpp"
#include "io/read_rows.hpp"
#include "mpi/agreement.hpp"
#include "mpi/index_map.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

constexpr const char* indices_name = "/indices";
constexpr const char* distances_name = "/distances";
constexpr const char* order_name = "order";

/// The attribute recall; NaN where there is none.
double recall_of(const std::string& path) {
  double recall = std::numeric_limits<double>::quiet_NaN();
  const std::string failure = fmt::format("'{}' cannot be read", path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  if (H5Aexists(file.id(), "recall") > 0) {
    const Hdf5Handle attribute(H5Aopen(file.id(), "recall", H5P_DEFAULT), H5Aclose, failure);
    const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
    const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
    if (H5Tget_class(type.id()) == H5T_FLOAT && H5Sget_simple_extent_npoints(space.id()) == 1) {
      check_hdf5(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &recall), failure);
    }
  }
  return recall;
}

/// An attribute of text; empty where there is none.
std::string text_of(const std::string& path, const char* name) { return Hdf5Tree(path).text_attribute("", name); }

/// Neighbors of the rows of this rank, in rows of the input.
struct RawGraph {
  DistributedMatrix<std::int64_t> indices;
  DistributedMatrix<float> distances;
};

RawGraph read_raw(const Communicator& comm, const GraphDescription& description) {
  RawGraph raw;
  attempt_everywhere(comm, [&] {
    const RowPartition partition(description.indices.rows, comm.size());
    const auto columns = narrow<LocalIndex>(description.indices.columns);
    raw.indices = DistributedMatrix<std::int64_t>(partition, comm.rank(), columns);
    raw.distances = DistributedMatrix<float>(partition, comm.rank(), columns);
    read_rows(description.indices, raw.indices.first_row(), std::span(raw.indices.values));
    if (description.distances.path.empty()) {
      std::fill(raw.distances.values.begin(), raw.distances.values.end(), 1.0F);
    } else {
      read_rows(description.distances, raw.distances.first_row(), std::span(raw.distances.values));
    }
  });
  return raw;
}

/// What is wrong with a row; empty when nothing is.
std::string defect(std::span<const std::int64_t> neighbors, std::span<const float> distances, GlobalIndex row,
                   GlobalIndex rows) {
  for (std::size_t n = 0; n < neighbors.size(); ++n) {
    if (neighbors[n] < 0 || neighbors[n] >= rows) {
      return fmt::format("its neighbor {} is {}: rows are counted from 0 to {}", n, neighbors[n], rows - 1);
    }
    if (neighbors[n] == row) {
      return fmt::format("its neighbor {} is the row itself: leave it out, or make it the first of every row", n);
    }
    if (!(distances[n] >= 0.0F) || !std::isfinite(distances[n])) {
      return fmt::format(
          "the distance of its neighbor {} is {}: a number from 0 to {:.2g}, which float holds, is wanted", n,
          distances[n], std::numeric_limits<float>::max());
    }
  }
  std::vector<std::int64_t> sorted(neighbors.begin(), neighbors.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  return twice == sorted.end() ? std::string() : fmt::format("it has the neighbor {} twice", *twice);
}

/// The k nearest neighbors of each row, the nearest first; `skip` columns are left out.
NeighborGraph nearest_of(const Communicator& comm, const std::string& path, RawGraph&& raw, LocalIndex skip,
                         LocalIndex k) {
  NeighborGraph graph;
  graph.partition = raw.indices.partition;
  graph.rank = comm.rank();
  graph.k = k;
  const LocalIndex count = graph.local_rows();
  graph.input_row.resize(static_cast<std::size_t>(count));
  std::iota(graph.input_row.begin(), graph.input_row.end(), graph.first_row());
  graph.neighbors.resize(checked_product(count, k));
  graph.distances.resize(graph.neighbors.size());
  std::string first_defect;  // of the first group of rows that has any
  constexpr std::int64_t rows_per_group = 65536;
  for (LocalIndex first = 0; first < count && first_defect.empty(); first += rows_per_group) {
    const std::int64_t rows = std::min<std::int64_t>(rows_per_group, count - first);
    std::vector<std::string> defects(static_cast<std::size_t>(rows));
    parallel_for(rows, [&](std::int64_t index) {
      const LocalIndex i = first + static_cast<LocalIndex>(index);
      const auto skipped = static_cast<std::size_t>(skip);
      const auto neighbors = std::span<const std::int64_t>(raw.indices.row(i)).subspan(skipped);
      const auto distances = std::span<const float>(raw.distances.row(i)).subspan(skipped);
      defects[static_cast<std::size_t>(index)] = defect(neighbors, distances, graph.first_row() + i, graph.rows());
      std::vector<std::uint32_t> order(neighbors.size());
      std::iota(order.begin(), order.end(), 0U);
      std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distances[a] < distances[b]; });
      const std::size_t at = static_cast<std::size_t>(i) * static_cast<std::size_t>(k);
      for (std::size_t n = 0; n < static_cast<std::size_t>(k); ++n) {
        graph.neighbors[at + n] = static_cast<CompactIndex>(neighbors[order[n]]);
        graph.distances[at + n] = distances[order[n]];
      }
    });
    const auto bad =
        std::find_if(defects.begin(), defects.end(), [](const std::string& text) { return !text.empty(); });
    if (bad != defects.end()) {
      first_defect = fmt::format("'{}', row {}: {}", path, graph.first_row() + first + (bad - defects.begin()), *bad);
    }
    const auto done = checked_product(first + rows, raw.indices.columns);
    release_front(raw.indices.values, done);
    release_front(raw.distances.values, done);
  }
  require_everywhere(comm, first_defect.empty(), first_defect);
  return graph;
}

/// The place of each row of this rank in the working order: the inverse of /order.
std::vector<GlobalIndex> places_in_order(const Communicator& comm, const GraphDescription& description,
                                         std::vector<GlobalIndex>& input_row) {
  const GlobalIndex rows = description.indices.rows;
  const RowPartition partition(rows, comm.size());
  DistributedMatrix<std::int64_t> order(partition, comm.rank(), 1);
  attempt_everywhere(comm, [&] {
    read_rows({description.indices.path, std::string("/") + order_name, rows, 1}, order.first_row(),
              std::span(order.values));
  });
  input_row.assign(order.values.begin(), order.values.end());
  const std::string message = fmt::format(
      "'{}', dataset '/{}' does not name every row once: remove it, or write it as "
      "distsne neighbors does",
      description.indices.path, order_name);
  require_everywhere(comm, names_every_row_once(comm, partition, input_row), message);
  std::vector<GlobalIndex> working(input_row.size());
  std::iota(working.begin(), working.end(), partition.begin(comm.rank()));
  std::vector<GlobalIndex> place(input_row.size());
  RowExchange::deliver(comm, partition, input_row)
      .move(comm, std::span<const GlobalIndex>(working), 1, std::span<GlobalIndex>(place));
  return place;
}

/// From rows of the input to the working order.
NeighborGraph ordered(const Communicator& comm, const GraphDescription& description, NeighborGraph&& graph) {
  NeighborGraph result;
  result.partition = graph.partition;
  result.rank = graph.rank;
  result.k = graph.k;
  const std::vector<GlobalIndex> place = places_in_order(comm, description, result.input_row);
  const IndexMap index(graph.partition, graph.rank, graph.neighbors);
  const std::vector<GlobalIndex> places = index.with_ghosts(comm, std::span<const GlobalIndex>(place));
  for (CompactIndex& neighbor : graph.neighbors) {
    neighbor = static_cast<CompactIndex>(places[index.local(neighbor)]);
  }
  const RowExchange plan = RowExchange::deliver(comm, result.partition, place);
  const auto k = static_cast<std::size_t>(result.k);
  result.neighbors.resize(plan.arriving() * k);
  result.distances.resize(plan.arriving() * k);
  plan.move(comm, std::span<const CompactIndex>(graph.neighbors), k, std::span<CompactIndex>(result.neighbors));
  plan.move(comm, std::span<const float>(graph.distances), k, std::span<float>(result.distances));
  return result;
}

}  // namespace

LocalIndex GraphDescription::entries_of_row() const {
  const GlobalIndex rows = std::max<GlobalIndex>(indices.rows, 1);
  return static_cast<LocalIndex>(std::clamp<GlobalIndex>(divide_up(indices.entries, rows), 1, 1 << 30));
}

namespace {

/// One process. Neighbors in lists, as `distsne neighbors` writes them.
GraphDescription describe_lists(const std::string& path, GraphUse use) {
  GraphDescription description;
  description.indices = find_dataset({path, indices_name});
  if (use == GraphUse::affinities) {
    throw Error(fmt::format("'{}' holds neighbors and no affinities: --affinity given wants a square sparse matrix, "
                            "such as obsp/connectivities of AnnData",
                            path),
                ExitCode::bad_input);
  }
  if (use == GraphUse::distances || Hdf5Tree(path).is_dataset(distances_name)) {
    description.distances = find_dataset({path, distances_name});
  } else {
    description.distances = description.indices;
    description.distances.path.clear();
  }
  description.input = text_of(path, "input");
  description.metric = text_of(path, "metric");
  const std::vector<std::string> beside = row_datasets_beside(path, indices_name, description.indices.rows);
  description.recall = recall_of(path);
  description.ordered = std::find(beside.begin(), beside.end(), order_name) != beside.end();
  return description;
}

}  // namespace

GraphDescription describe_graph(const Communicator& comm, const std::string& file, GraphUse use) {
  GraphDescription description;
  attempt_on_root(comm, [&] {
    const InputOptions place = file_and_dataset(file, "--graph");
    require_readable(place.path);
    if (place.dataset.empty() && has_neighbor_lists(place.path)) {
      description = describe_lists(place.path, use);
    } else {
      description.indices = find_graph_matrix(place, use);
      description.recall = std::numeric_limits<double>::quiet_NaN();
    }
  });
  description.indices = broadcast(comm, description.indices);
  description.distances = broadcast(comm, description.distances);
  description.recall = comm.broadcast_value(description.recall);
  description.input = comm.broadcast_string(description.input);
  description.metric = comm.broadcast_string(description.metric);
  description.ordered = comm.broadcast_value(description.ordered);
  const InputDescription& a = description.indices;
  const std::string& path = a.path;
  if (description.is_matrix()) {
    require_everywhere(comm, a.rows >= 2 && a.rows <= most_rows,
                       fmt::format("'{}', dataset '{}' is {} x {}: a row for each of 2 to {} rows is wanted", path,
                                   a.dataset, a.rows, a.columns, most_rows));
    return description;
  }
  const InputDescription& b = description.distances;
  require_everywhere(comm, a.rows == b.rows && a.columns == b.columns,
                     fmt::format("'{}': {} is {} x {}, and {} is {} x {}: they must have the same shape", path,
                                 indices_name, a.rows, a.columns, distances_name, b.rows, b.columns));
  require_everywhere(comm, a.rows >= 2 && a.columns >= 1 && a.rows <= most_rows && a.columns <= a.rows,
                     fmt::format("'{}', dataset '{}' is {} x {}: a row for each of 2 to {} rows is wanted, with 1 to "
                                 "rows - 1 neighbors",
                                 path, indices_name, a.rows, a.columns, most_rows));
  return description;
}

NeighborGraph read_graph(const Communicator& comm, const GraphDescription& description, LocalIndex k) {
  RawGraph raw = read_raw(comm, description);
  std::int64_t others_first = 0;
  for (LocalIndex i = 0; i < raw.indices.local_rows(); ++i) {
    others_first += raw.indices.row(i)[0] != raw.indices.first_row() + i ? 1 : 0;
  }
  const LocalIndex skip = comm.sum(others_first) == 0 ? 1 : 0;
  const GlobalIndex have = description.indices.columns - skip;
  require_everywhere(comm, k <= have,
                     fmt::format("'{}' has {} neighbors of each row{}, and {} are needed: make a graph with more, or "
                                 "choose a smaller --perplexity or --k",
                                 description.indices.path, have, skip == 1 ? " beside the row itself" : "", k));
  NeighborGraph graph = nearest_of(comm, description.indices.path, std::move(raw), skip, k);
  return description.ordered ? ordered(comm, description, std::move(graph)) : std::move(graph);
}

}  // namespace distsne
