/// Maps in memory: from rows that the caller's ranks hold to their points. No file is touched, and nothing of the host
/// program is changed: MPI, signals, threads and memory stay the caller's.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/neighbor_graph.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/pipeline/map_options.hpp"
#include "distsne/pipeline/observer.hpp"

namespace distsne {

/// What a map is made of, the same kind of it on every rank. Any partition will do: uneven blocks, and empty ones.
template <class Real>
struct MapInput {
  DistributedMatrix<Real> rows;        ///< N x D, finite; without columns where a graph or matrix is all there is
  std::optional<NeighborGraph> graph;  ///< neighbors that are not to be searched; no distances: all are 1
  /// N x N, in place of a graph: affinities where options.affinity.kind is given, else distances to the neighbors of
  /// each row; see affinity/matrix.hpp.
  std::optional<SparseMatrix<Real>> matrix;
  std::optional<Embedding<Real>> initial;  ///< N x dims: where the rows begin; it goes before options.init
  /// N x 1, finite numbers above 0: how many equal points each row stands for, in double whatever the rows are in. A
  /// weight of 3 and three equal rows are the same for affinities, repulsion and cost; weights of 1 are none. For the
  /// methods tsne and ssne, with neighbors that are searched and not all pairs, or a graph.
  std::optional<DistributedMatrix<double>> weights;
};

template <class Real>
struct Map {
  Embedding<Real> points;  ///< N x dims, in the partition of the rows, or else of the graph or matrix
  MapRecord record;
  double kl = 0.0;                        ///< cost of the map, in nats
  std::vector<std::string> notes;         ///< what a user should know of this map
  std::map<std::string, double> seconds;  ///< that this rank spent in each stage
};

/// Collective. The rows of all ranks, in rank order, as one matrix: `own` holds those of this rank, row after row, and
/// may be empty. Throws Error everywhere (bad input) where ranks have no whole rows.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> rows_of_ranks(const Communicator& comm, std::span<const Real> own,
                                                    LocalIndex columns);

/// Collective. Rows in float as `distsne embed` reads them from a file of doubles: where they lie far from the origin
/// and the options look at nothing but differences, less a row amid them before they are rounded.
[[nodiscard]] DistributedMatrix<float> in_single_precision(const Communicator& comm, DistributedMatrix<double> rows,
                                                           const MapOptions& options);

/// Collective. The map of the rows, in the precision of their type; the same bits for any number of ranks and threads
/// and any partition, and those of `distsne embed` with the same options. Options are the same on all ranks. A map that
/// the observer stopped in its iterations has record.finished false; one stopped before throws Stopped. Throws Error,
/// with everywhere() true on all ranks: bad input (code bad_input), a map that diverged (DivergedMap). An error that
/// only this rank knows of, such as std::bad_alloc or an Error with everywhere() false, leaves the others waiting: the
/// caller ends them. One map at a time in a process; any number of them one after the other.
template <class Real>
[[nodiscard]] Map<Real> compute_map(const Communicator& comm, MapInput<Real> input, const MapOptions& options,
                                    MapObserver& observer);
template <class Real>
[[nodiscard]] Map<Real> compute_map(const Communicator& comm, MapInput<Real> input, const MapOptions& options) {
  MapObserver nobody;
  return compute_map<Real>(comm, std::move(input), options, nobody);
}

extern template DistributedMatrix<float> rows_of_ranks(const Communicator&, std::span<const float>, LocalIndex);
extern template DistributedMatrix<double> rows_of_ranks(const Communicator&, std::span<const double>, LocalIndex);
extern template Map<float> compute_map(const Communicator&, MapInput<float>, const MapOptions&, MapObserver&);
extern template Map<double> compute_map(const Communicator&, MapInput<double>, const MapOptions&, MapObserver&);

}  // namespace distsne
