/// Neighbor graphs in files, one graph for many maps.
#pragma once

#include <string>

#include "distsne/data/neighbor_graph.hpp"
#include "distsne/mpi/communicator.hpp"
#include "io/input.hpp"

namespace distsne {

/// Version of the layout below, in the attribute format_version of every graph.
inline constexpr int graph_format_version = 1;

/// What a graph file tells about how the graph was made.
struct GraphRecord {
  std::string input;  ///< path and dataset
  std::string metric;
  std::string config;  ///< every effective option, as --config reads it
  bool exact = true;
  double recall = 1.0;
};

/// Collective. Writes a graph as `path`, which is either the whole graph or what it was before. Rows are rows of the
/// input, counted from 0. Layout:
///   /indices    N x k, uint32: the neighbors of each row, never the row itself, by rising distance
///   /distances  N x k, float32: how far they are
///   /order      N, int64: the rows in an order in which near ones lie near each other
///   /NAME       every 1-D dataset with N entries from the input's group (labels, ids, ...), as it was
///   attributes of /   format, format_version, version, commit, input, metric, exact, recall, config
/// Throws Error everywhere (I/O) when writing fails.
void write_graph(const Communicator& comm, const std::string& path, const NeighborGraph& graph,
                 const InputDescription& input, const GraphRecord& record);

/// What is wanted of a graph.
enum class GraphUse {
  neighbors,  ///< which rows are near
  distances,  ///< and how far they are
  affinities  ///< nothing but how much they belong together
};

/// Where a graph lies, and its size. Beside the layout above it may be a square sparse matrix with an entry for each
/// neighbor, of any kind of file that rows are read from; rows may have different numbers of them.
struct GraphDescription {
  InputDescription indices;    ///< /indices, or the matrix
  InputDescription distances;  ///< without a path where the file has none
  bool ordered = false;        ///< has /order
  double recall = 0.0;         ///< as the file tells; NaN when it does not
  std::string input;           ///< path and dataset of the rows, as the file tells; empty when it does not
  std::string metric;          ///< the same

  [[nodiscard]] bool is_matrix() const { return indices.sparse(); }
  /// Entries of a row of the matrix, on average.
  [[nodiscard]] LocalIndex entries_of_row() const;
};

/// Collective. Looks at FILE or FILE:DATASET on rank 0. Throws Error (bad input) everywhere when it is not a graph as
/// above; only /indices (any integers) is required, and for their use /distances (any numbers), so that graphs made
/// elsewhere can be used. Of AnnData files it takes obsp/distances or, as affinities, obsp/connectivities, where
/// nothing else is named; of other HDF5 files without /indices the only square sparse matrix.
[[nodiscard]] GraphDescription describe_graph(const Communicator& comm, const std::string& file, GraphUse use);

/// Collective. Reads the k nearest neighbors of each row. A graph whose first neighbor of every row is the row itself
/// loses that column first. Without distances all are 1, and neighbors are as near as they come first. Throws Error
/// everywhere: bad input with the row when an index is out of range, names the row itself or the same neighbor twice,
/// when a distance is negative or not a number, when the order is not one, or when there are fewer than k neighbors.
[[nodiscard]] NeighborGraph read_graph(const Communicator& comm, const GraphDescription& description, LocalIndex k);

}  // namespace distsne
