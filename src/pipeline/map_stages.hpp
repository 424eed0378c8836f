/// The way from rows to a map: reduce, neighbors, affinities, iterations. Each stage returns what it has found.
#pragma once

#include <functional>
#include <optional>
#include <variant>

#include "data/affinities.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "embed/loop_state.hpp"
#include "embed/optimize.hpp"
#include "mpi/interruption.hpp"
#include "neighbors/neighbors.hpp"
#include "pipeline/initial_map.hpp"
#include "pipeline/preparation.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// What was found on the way to a map, for its record.
struct Findings {
  std::vector<double> explained_variance;
  std::vector<double> axes;
  std::vector<double> mean;
  double recall = 1.0;
};

/// The rows that are compared.
template <class Real>
struct ReducedRows {
  DistributedMatrix<Real> x;
  Findings found;
};

/// Neighbors of all rows, and where these begin in the map, in the order of the input.
template <class Real>
struct Neighborhood {
  NeighborGraph graph;
  Embedding<Real> start;
  Findings found;
};

/// Joint affinities and all else that the loop starts from.
template <class Real>
struct Prepared {
  JointAffinities<Real> joint;
  AffinityEntropy entropy;
  /// The input row of each row of this rank in the order of sparse affinities; empty for that of the input.
  std::vector<GlobalIndex> input_row;
  Embedding<Real> start;  ///< in the order of the input
  Findings found;
};

/// Neighbors that are not searched.
struct GivenGraph {
  NeighborGraph graph;
  double recall = 1.0;
  std::string origin;  ///< in words, for the log
};

/// A square matrix of distances to neighbors or, where options say so, of affinities.
template <class Real>
struct GivenMatrix {
  SparseMatrix<Real> rows;
  std::string place;  ///< in words, for the log and for messages
};

/// What the stages ask for, when they need it.
template <class Real>
struct MapSource {
  std::function<RawRows<Real>()> rows;
  std::function<GivenGraph()> graph;          ///< empty: neighbors are searched, or in a matrix
  std::function<GivenMatrix<Real>()> matrix;  ///< empty: there is none
  std::function<GivenMap()> initial;          ///< empty: no map is given to begin with
};

/// Where results of stages and of iterations are kept for a later run; this one keeps nothing and has nothing.
template <class Real>
class StageStore {
 public:
  explicit StageStore(const Communicator& comm) : comm_(comm) {}
  StageStore(const StageStore&) = delete;
  StageStore& operator=(const StageStore&) = delete;
  StageStore(StageStore&&) = delete;
  StageStore& operator=(StageStore&&) = delete;
  virtual ~StageStore() = default;

  /// Collective, as all of them. Results that were kept; of several stages the last one only.
  [[nodiscard]] virtual std::optional<ReducedRows<Real>> kept_rows() { return {}; }
  [[nodiscard]] virtual std::optional<Neighborhood<Real>> kept_neighborhood() { return {}; }
  [[nodiscard]] virtual std::optional<Prepared<Real>> kept_affinities() { return {}; }
  virtual void keep(const ReducedRows<Real>& /*rows*/) {}
  virtual void keep(const Neighborhood<Real>& /*neighborhood*/) {}
  virtual void keep(const Prepared<Real>& /*prepared*/) {}

  /// Puts the loop and its objective to where an earlier run stood; false where there was none.
  virtual bool resume(LoopState<Real>& /*state*/, Objective<Real>& /*objective*/) { return false; }
  /// To be called after every update; whether any rank is asked to stop.
  virtual bool after_update(const LoopState<Real>& state, const FieldFit& /*fit*/) {
    // A map with NaN is not handed out: the next iteration finds it out.
    return comm_.max(polled_stop_request()) > 0.0 && all_finite(comm_, state);
  }

 private:
  const Communicator& comm_;
};

/// The one way of going on: what was kept of a stage, or else its result, which is then kept.
template <class Real, class Load, class Compute>
auto resume_or_compute(const Communicator& comm, StageStore<Real>& store, const Load& load, const Compute& compute) {
  if (auto kept = load()) {
    return std::move(*kept);
  }
  auto result = compute();
  store.keep(result);
  stop_if_asked(comm);
  return result;
}

/// Collective, as all of them. The rows that are compared, prepared and reduced as the options say.
template <class Real>
[[nodiscard]] ReducedRows<Real> reduce_rows(Run& run, RawRows<Real>&& raw);

/// Looks for the neighbors that the plan wants.
[[nodiscard]] FoundNeighbors search_neighbors(Run& run, DistributedMatrix<float>&& x);

/// The rows that are compared, none where nothing looks at them; and the neighbors of all rows with where the map
/// begins, for runs that take not all pairs, nor a matrix. Both are the beginning of prepare_map, for whoever makes
/// several maps of it.
template <class Real>
[[nodiscard]] ReducedRows<Real> compared_rows(Run& run, const MapSource<Real>& source, StageStore<Real>& store);
template <class Real>
[[nodiscard]] Neighborhood<Real> neighborhood(Run& run, const MapSource<Real>& source, StageStore<Real>& store);

/// Everything before the iterations. Throws Error and Stopped everywhere as the stages do.
template <class Real>
[[nodiscard]] Prepared<Real> prepare_map(Run& run, const MapSource<Real>& source, StageStore<Real>& store);

/// A map at the end of its iterations, or where they were stopped.
template <class Real>
struct MovedMap {
  LoopState<Real> state;
  bool finished = false;
};

/// The iterations; `after_update` is called after each. Throws DivergedMap everywhere.
template <class Real>
[[nodiscard]] MovedMap<Real> move_map(Run& run, Prepared<Real>&& prepared, StageStore<Real>& store,
                                      const std::function<void(const LoopState<Real>&)>& after_update);

/// What is known of a map; says what a user should know of its end.
template <class Real>
[[nodiscard]] MapRecord record_of(Run& run, const MovedMap<Real>& moved, Findings&& found);

}  // namespace distsne
