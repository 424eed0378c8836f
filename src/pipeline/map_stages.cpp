/// Reducing, neighbors, affinities and iterations, as the options say.
#include "pipeline/map_stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "affinity/matrix.hpp"
#include "affinity/sparse.hpp"
#include "data/repartition.hpp"
#include "embed/spectral.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/ending.hpp"
#include "pipeline/held_rows.hpp"
#include "pipeline/rounding.hpp"
#include "pipeline/weights_of_rows.hpp"

namespace distsne {
namespace {

/// What the affinities are, for the log.
std::string affinity_text(const MapOptions& config, const MapPlan& plan) {
  const std::string pairs = plan.dense ? "all pairs" : fmt::format("{} neighbors of each row", plan.neighbors);
  switch (config.affinity.kind) {
    case AffinityKind::perplexity:
      return fmt::format("{}, perplexity {}", pairs, fmt::join(plan.affinity.perplexities, ", "));
    case AffinityKind::sigma:
      return fmt::format("{}, sigma {}", pairs, config.affinity.sigma);
    case AffinityKind::given:
      return fmt::format("given, {} of each row on average", plan.neighbors);
    case AffinityKind::uniform:
      break;
  }
  return pairs + ", uniform";
}

/// The affinities of conditional ones, which are taken.
template <class Real>
Prepared<Real> joined(Run& run, ConditionalAffinities<Real>&& conditional) {
  const GlobalIndex apart = conditional.perplexity_missed_apart;
  const GlobalIndex duplicates = conditional.perplexity_missed - apart;
  if (duplicates > 0) {
    run.progress.say(
        fmt::format("note: {} rows have more duplicates than the perplexity; their affinities are spread evenly over "
                    "those",
                    duplicates));
  }
  if (apart > 0) {
    run.progress.say(fmt::format(
        "note: {} rows are equally far from more others than the perplexity{}; their "
        "affinities are spread evenly over those",
        apart, std::is_same_v<Real, float> ? ", as far as float tells (--precision double tells more)" : ""));
  }
  if (conditional.few_neighbors > 0) {
    run.progress.say(
        fmt::format("note: {} rows have {} the perplexity; their affinities are spread evenly over those",
                    conditional.few_neighbors,
                    conditional.weights ? "neighbors that weigh less together than" : "fewer neighbors than"));
  }
  Prepared<Real> prepared;
  prepared.entropy.conditional_p_log_p = conditional.sum_p_log_p;
  prepared.joint = joint_affinities(run.comm, std::move(conditional));
  prepared.entropy.joint_p_log_p = prepared.joint.sum_p_log_p;
  return prepared;
}

/// The affinities that a matrix holds, or those of its distances.
template <class Real>
Prepared<Real> of_matrix(Run& run, GivenMatrix<Real>&& given) {
  if (run.config.affinity.kind != AffinityKind::given) {
    const LocalIndex k = run.config.k.value_or(neighbors_needed(run.plan.affinity, run.plan.rows));
    return joined(run, affinities_of_distances(run.comm, std::move(given.rows), k, run.plan.affinity, given.place));
  }
  const bool of_each_row = run.config.objective.method == Method::sne;
  MatrixAffinities<Real> made = given_affinities(run.comm, std::move(given.rows), of_each_row, given.place);
  if (made.on_diagonal > 0) {
    run.progress.say(
        fmt::format("note: {} rows have an affinity with themselves, which is left out", made.on_diagonal));
  }
  if (!made.symmetric && !of_each_row) {
    run.progress.say("note: the given affinities are not symmetric: the mean of both directions is taken");
  }
  Prepared<Real> prepared;
  prepared.entropy = {made.conditional_p_log_p, made.joint.sum_p_log_p};
  prepared.joint = std::move(made.joint);
  return prepared;
}

/// In float, as neighbors are searched; takes X.
DistributedMatrix<float> in_float(DistributedMatrix<float>&& x) { return std::move(x); }
DistributedMatrix<float> in_float(DistributedMatrix<double>&& x) {
  DistributedMatrix<float> result(x.partition, x.rank, x.columns);
  std::transform(x.values.begin(), x.values.end(), result.values.begin(),
                 [](double value) { return static_cast<float>(value); });
  x = {};
  return result;
}

template <class Real>
std::string read_text(const Communicator& comm, const RawRows<Real>& raw) {
  std::string text = fmt::format("{} rows x {} columns", raw.rows(), raw.columns());
  if (const auto* sparse = std::get_if<SparseMatrix<Real>>(&raw.values)) {
    text += fmt::format(", {} of the values not zero", comm.sum(std::int64_t{std::ssize(sparse->values)}));
  }
  if (!raw.origin.empty()) {
    text += ", far from the origin: taken off a row amid them";
  }
  return text;
}

/// Where the map begins.
template <class Real>
Embedding<Real> start_of(Run& run, const MapSource<Real>& source, const ReducedRows<Real>& rows) {
  return run.timed("initial map",
                   [&] { return initial_map<Real>(run, rows.x, source.initial ? source.initial() : GivenMap()); });
}

/// Neighbors as they are given, or searched among the rows, which are taken.
template <class Real>
Neighborhood<Real> find_neighborhood(Run& run, const MapSource<Real>& source, ReducedRows<Real>&& rows,
                                     Embedding<Real>&& start) {
  Neighborhood<Real> result;
  result.start = std::move(start);
  result.found = std::move(rows.found);
  if (source.graph) {
    GivenGraph given = run.timed("neighbors", source.graph);
    run.done("neighbors", fmt::format("{} of each row, from {}", given.graph.k, given.origin));
    result.graph = std::move(given.graph);
    result.found.recall = given.recall;
  } else {
    FoundNeighbors found = search_neighbors(run, in_float(std::move(rows.x)));
    result.graph = std::move(found.graph);
    result.found.recall = found.report.recall;
  }
  return result;
}

}  // namespace

template <class Real>
ReducedRows<Real> reduce_rows(Run& run, RawRows<Real>&& raw) {
  run.done("read", read_text(run.comm, raw));
  Preparation preparation;
  ReducedRows<Real> rows;
  rows.x = run.timed("reduce", [&] {
    return prepare_rows<Real>(run.comm, std::move(raw), treatment_of(run.config, run.plan.components), preparation);
  });
  if (preparation.axes.count > 0) {
    rows.found.explained_variance = preparation.axes.explained_ratio();
    const double share =
        std::accumulate(rows.found.explained_variance.begin(), rows.found.explained_variance.end(), 0.0);
    run.done("reduce", fmt::format("{} principal components, {:.1f} % of the variance", rows.x.columns, 100.0 * share));
    rows.found.axes = std::move(preparation.axes.axes);
    rows.found.mean = std::move(preparation.axes.mean);
  }
  return rows;
}

FoundNeighbors search_neighbors(Run& run, DistributedMatrix<float>&& x) {
  NeighborOptions options;
  options.search = search_of(run.config.neighbors);
  options.k = run.plan.neighbors;
  options.recall = run.config.recall;
  options.seed = run.config.seed;
  const RowPartition partition = x.partition;
  const std::vector<float> magnitudes = rounded_magnitudes(x);
  FoundNeighbors found = run.timed("neighbors", [&] { return find_neighbors(run.comm, std::move(x), options); });
  const NeighborReport& report = found.report;
  run.done("neighbors", report.exact ? fmt::format("{} of each row, exact", options.k)
                                     : fmt::format("{} of each row, recall {:.4f} on {} rows", options.k, report.recall,
                                                   report.sampled));
  const GlobalIndex rounded = rows_with_rounded_distances(run.comm, partition, magnitudes, found.graph);
  if (rounded > 0) {
    run.progress.say(fmt::format(
        "note: {} rows lie so near their neighbors, for how large their values are, that float keeps fewer than two "
        "digits of the distances: take off what near rows have in common, or divide columns that dwarf the others",
        rounded));
  }
  run.progress.detail(fmt::format("  {} lists, {} of them probed for a row, {:.3g} distances a row", report.lists,
                                  report.probes, report.distances));
  return found;
}

template <class Real>
ReducedRows<Real> compared_rows(Run& run, const MapSource<Real>& source, StageStore<Real>& store) {
  if (!run.plan.needs_rows) {
    return {};
  }
  return resume_or_compute(
      run.comm, store, [&] { return store.kept_rows(); },
      [&] { return reduce_rows(run, run.timed("read", source.rows)); });
}

template <class Real>
Neighborhood<Real> neighborhood(Run& run, const MapSource<Real>& source, StageStore<Real>& store) {
  return resume_or_compute(
      run.comm, store, [&] { return store.kept_neighborhood(); },
      [&] {
        ReducedRows<Real> rows = compared_rows(run, source, store);
        Embedding<Real> start = start_of(run, source, rows);
        return find_neighborhood(run, source, std::move(rows), std::move(start));
      });
}

template <class Real>
Prepared<Real> prepare_map(Run& run, const MapSource<Real>& source, StageStore<Real>& store) {
  const Communicator& comm = run.comm;
  const auto of_all_pairs = [&] {
    ReducedRows<Real> rows = compared_rows(run, source, store);
    Embedding<Real> start = start_of(run, source, rows);
    Prepared<Real> prepared =
        run.timed("affinities", [&] { return joined(run, dense_affinities(comm, rows.x, run.plan.affinity)); });
    prepared.start = std::move(start);
    prepared.found = std::move(rows.found);
    return prepared;
  };
  const auto of_given_matrix = [&] {
    ReducedRows<Real> rows = compared_rows(run, source, store);
    Embedding<Real> start = start_of(run, source, rows);
    GivenMatrix<Real> given = run.timed("neighbors", source.matrix);
    run.done("neighbors",
             fmt::format("{} entries, from {}", comm.sum(std::int64_t{std::ssize(given.rows.values)}), given.place));
    std::vector<GlobalIndex> input_row(static_cast<std::size_t>(given.rows.local_rows()));
    std::iota(input_row.begin(), input_row.end(), given.rows.first_row());
    Prepared<Real> prepared = run.timed("affinities", [&] { return of_matrix(run, std::move(given)); });
    prepared.input_row = std::move(input_row);
    prepared.start = std::move(start);
    prepared.found = std::move(rows.found);
    prepared.found.recall = std::numeric_limits<double>::quiet_NaN();
    return prepared;
  };
  const auto of_neighbors = [&] {
    Neighborhood<Real> hood = neighborhood(run, source, store);
    std::vector<GlobalIndex> input_row = hood.graph.input_row;
    Prepared<Real> prepared = run.timed("affinities", [&] {
      return joined(run, sparse_affinities<Real>(comm, std::move(hood.graph), run.plan.affinity,
                                                 weights_of<Real>(comm, run.plan, input_row)));
    });
    prepared.input_row = std::move(input_row);
    prepared.start = std::move(hood.start);
    prepared.found = std::move(hood.found);
    return prepared;
  };
  return resume_or_compute(
      comm, store, [&] { return store.kept_affinities(); },
      [&] {
        Prepared<Real> prepared = run.plan.dense ? of_all_pairs() : source.matrix ? of_given_matrix() : of_neighbors();
        run.done("affinities", affinity_text(run.config, run.plan));
        return prepared;
      });
}

template <class Real>
MovedMap<Real> move_map(Run& run, Prepared<Real>&& prepared, StageStore<Real>& store,
                        const std::function<void(const LoopState<Real>&)>& after_update) {
  const MapOptions& config = run.config;
  MovingMap<Real> moving;
  moving.input_row = std::move(prepared.input_row);
  moving.map = run.plan.dense ? std::move(prepared.start) : in_order(run.comm, prepared.start, moving.input_row);
  prepared.start = {};
  std::optional<Anchors<Real>> anchors;
  if (run.plan.earlier) {
    anchors = run.timed("initial map", [&] { return begin_with_earlier(run, prepared.joint.rows, moving); });
  }
  MovedMap<Real> moved{LoopState<Real>(std::move(moving))};
  const bool spectral = config.initialization.kind == InitialMap::spectral;
  const std::vector<double> degrees = spectral ? degrees_of(prepared.joint.rows) : std::vector<double>();
  if (run.plan.weights) {
    prepared.entropy.pairs = run.plan.weights->pairs;
  }
  const auto objective = run.timed("affinities", [&] {
    auto bare = make_objective<Real>(run.comm, config.objective, std::move(prepared.joint), prepared.entropy);
    return hold_rows<Real>(run, std::move(bare), std::move(anchors), moved.state.moving.map);
  });
  if (!store.resume(moved.state, *objective) && spectral) {
    moved.state.moving.map = run.timed("initial map", [&] {
      const Embedding<Real>& start = moved.state.moving.map;
      const std::vector<double> found =
          spectral_coordinates(run.comm, objective->attraction(), degrees, start, run.timers);
      return initial_from_scores<Real>(run.comm, start.partition, found, start.columns, start.columns,
                                       spread_of(config), config.seed);
    });
    moved.state.good_map = moved.state.moving.map.values;
  }

  moved.state.moving.weights = weights_of<Real>(run.comm, run.plan, moved.state.moving.input_row);

  OptimizeOptions options;
  options.phases = phases_of(config.schedule, config.objective.method, run.plan.rows, run.plan.points());
  options.optimizer = optimizer_of(config.schedule);
  options.measure_every = config.measure_every;
  options.pace = pace_of(config, run.plan.rows);
  options.tell = [&run](const std::string& line) { run.progress.say(line); };
  moved.finished = run.timed("iterations", [&] {
    return optimize<Real>(
        run.comm, *objective, options, moved.state, run.timers,
        [&run](const IterationReport& report) { run.progress.iteration(report); },
        [&] {
          after_update(moved.state);
          return store.after_update(moved.state, objective->field().fit());
        });
  });
  return moved;
}

template <class Real>
MapRecord record_of(Run& run, const MovedMap<Real>& moved, Findings&& found) {
  MapRecord record;
  record.history = moved.state.history;
  record.explained_variance = std::move(found.explained_variance);
  record.axes = std::move(found.axes);
  record.mean = std::move(found.mean);
  record.recall = found.recall;
  record.iterations = moved.state.iteration;
  record.finished = moved.finished;
  record.neighbors = run.plan.neighbors;
  judge_end(run, moved.state, record);
  return record;
}

template ReducedRows<float> reduce_rows(Run&, RawRows<float>&&);
template ReducedRows<double> reduce_rows(Run&, RawRows<double>&&);
template ReducedRows<float> compared_rows(Run&, const MapSource<float>&, StageStore<float>&);
template ReducedRows<double> compared_rows(Run&, const MapSource<double>&, StageStore<double>&);
template Neighborhood<float> neighborhood(Run&, const MapSource<float>&, StageStore<float>&);
template Neighborhood<double> neighborhood(Run&, const MapSource<double>&, StageStore<double>&);
template Prepared<float> prepare_map(Run&, const MapSource<float>&, StageStore<float>&);
template Prepared<double> prepare_map(Run&, const MapSource<double>&, StageStore<double>&);
template MovedMap<float> move_map(Run&, Prepared<float>&&, StageStore<float>&,
                                  const std::function<void(const LoopState<float>&)>&);
template MovedMap<double> move_map(Run&, Prepared<double>&&, StageStore<double>&,
                                   const std::function<void(const LoopState<double>&)>&);
template MapRecord record_of(Run&, const MovedMap<float>&, Findings&&);
template MapRecord record_of(Run&, const MovedMap<double>&, Findings&&);

}  // namespace distsne
