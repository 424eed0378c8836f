/// From the working order of a graph to rows of the input, and into a file.
#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.hpp"
#include "base/version.hpp"
#include "io/carry_over.hpp"
#include "io/graph.hpp"
#include "io/rows_file.hpp"
#include "mpi/index_map.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

/// The neighbors of this rank's working rows as rows of the input.
std::vector<CompactIndex> in_input_rows(const Communicator& comm, const NeighborGraph& graph) {
  const IndexMap index(graph.partition, graph.rank, graph.neighbors);
  const std::vector<GlobalIndex> input_rows = index.with_ghosts(comm, std::span<const GlobalIndex>(graph.input_row));
  std::vector<CompactIndex> result(graph.neighbors.size());
  const auto k = static_cast<std::size_t>(graph.k);
  parallel_for(graph.local_rows(), [&](std::int64_t i) {
    for (std::size_t e = static_cast<std::size_t>(i) * k; e < (static_cast<std::size_t>(i) + 1) * k; ++e) {
      result[e] = static_cast<CompactIndex>(input_rows[index.local(graph.neighbors[e])]);
    }
  });
  return result;
}

}  // namespace

void write_graph(const Communicator& comm, const std::string& path, const NeighborGraph& graph,
                 const InputDescription& input, const GraphRecord& record) {
  const RowPartition partition(graph.rows(), comm.size());
  const RowExchange plan = RowExchange::deliver(comm, partition, graph.input_row);
  const auto k = static_cast<std::size_t>(graph.k);
  std::vector<CompactIndex> indices(plan.arriving() * k);
  std::vector<float> distances(plan.arriving() * k);
  plan.move(comm, std::span<const CompactIndex>(in_input_rows(comm, graph)), k, std::span<CompactIndex>(indices));
  plan.move(comm, std::span<const float>(graph.distances), k, std::span<float>(distances));

  const GlobalIndex first = partition.begin(comm.rank());
  const std::array<RowDataset, 3> datasets{
      {{"indices", H5T_NATIVE_UINT32, graph.rows(), graph.k, first, std::as_bytes(std::span(indices))},
       {"distances", H5T_NATIVE_FLOAT, graph.rows(), graph.k, first, std::as_bytes(std::span(distances))},
       {"order", H5T_NATIVE_INT64, graph.rows(), 0, graph.first_row(), std::as_bytes(std::span(graph.input_row))}}};
  write_rows_file(comm, path, datasets, [&](hid_t file, const Annotator& out) {
    carry_over(file, input, {"indices", "distances", "order"});
    out.attribute("format", std::string("distsne neighbors"));
    out.attribute("format_version", std::int64_t{graph_format_version});
    out.attribute("version", std::string(version()));
    out.attribute("commit", std::string(commit()));
    out.attribute("input", record.input);
    out.attribute("metric", record.metric);
    out.attribute("exact", std::int64_t{record.exact ? 1 : 0});
    out.attribute("recall", record.recall);
    out.attribute("config", record.config);
  });
}

}  // namespace distsne
