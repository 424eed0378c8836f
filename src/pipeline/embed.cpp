/// The main job: read, neighbors, affinity, embed, write.
#include "distsne/pipeline/embed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "distsne/affinity/conditional.hpp"
#include "distsne/affinity/joint.hpp"
#include "distsne/affinity/sparse.hpp"
#include "distsne/base/instruction_set.hpp"
#include "distsne/embed/optimize.hpp"
#include "distsne/io/graph.hpp"
#include "distsne/io/output_lock.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/interruption.hpp"
#include "distsne/mpi/row_exchange.hpp"
#include "pipeline/checkpoint.hpp"
#include "pipeline/ending.hpp"
#include "pipeline/initial_map.hpp"
#include "pipeline/recorder.hpp"
#include "pipeline/stages.hpp"

namespace distsne {
namespace {

/// What the affinities are, for the log.
std::string affinity_text(const Config& config, const Plan& plan) {
  const std::string pairs = plan.dense ? "all pairs" : fmt::format("{} neighbors of each row", plan.neighbors);
  switch (config.affinity.kind) {
    case AffinityKind::perplexity:
      return fmt::format("{}, perplexity {}", pairs, fmt::join(config.affinity.perplexities, ", "));
    case AffinityKind::sigma:
      return fmt::format("{}, sigma {}", pairs, config.affinity.sigma);
    case AffinityKind::uniform:
      break;
  }
  return pairs + ", uniform";
}

template <class Real>
void join(Run& run, ConditionalAffinities<Real>&& conditional, Prepared<Real>& prepared) {
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
        apart,
        run.config.precision == Precision::single ? ", as far as float tells (--precision double tells more)" : ""));
  }
  prepared.entropy.conditional_p_log_p = conditional.sum_p_log_p;
  prepared.joint = joint_affinities(run.comm, std::move(conditional));
  prepared.entropy.joint_p_log_p = prepared.joint.sum_p_log_p;
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

NeighborGraph neighbors(Run& run, DistributedMatrix<float>&& x, RunRecord& record) {
  if (run.config.graph.empty()) {
    FoundNeighbors found = search_neighbors(run, std::move(x));
    record.recall = found.report.recall;
    return std::move(found.graph);
  }
  record.recall = run.plan.graph.recall;
  NeighborGraph graph =
      run.timed("neighbors", [&] { return read_graph(run.comm, run.plan.graph, run.plan.neighbors); });
  run.done("neighbors", fmt::format("{} of each row, from {}", graph.k, run.config.graph));
  return graph;
}

/// Rows, initial map, neighbors and affinities, from the last stage on whose result was kept.
template <class Real>
Prepared<Real> prepare(Run& run, Checkpoint<Real>& checkpoint, Embedding<Real>& map, RunRecord& record) {
  const KeptStage kept = checkpoint.kept();
  if (kept == KeptStage::affinities) {
    map = checkpoint.initial_map();
    return checkpoint.affinities();
  }
  NeighborGraph graph;
  DistributedMatrix<Real> x;
  if (kept == KeptStage::graph) {
    graph = checkpoint.graph();
    map = checkpoint.initial_map();
  } else {
    if (kept == KeptStage::rows) {
      x = checkpoint.rows();
    } else if (run.plan.needs_rows) {
      x = prepared_rows<Real>(run, record);
      checkpoint.keep_rows(x);
      stop_if_asked(run.comm);
    }
    map = run.timed("initial map", [&] { return initial_map<Real>(run, x); });
  }
  Prepared<Real> prepared;
  if (run.plan.dense) {
    run.timed("affinities", [&] { join(run, conditional_affinities(run.comm, x, run.config.affinity), prepared); });
  } else {
    if (kept != KeptStage::graph) {
      graph = neighbors(run, in_float(std::move(x)), record);
      checkpoint.keep_graph(graph, map);
      stop_if_asked(run.comm);
    }
    prepared.input_row = graph.input_row;
    run.timed("affinities",
              [&] { join(run, sparse_affinities<Real>(run.comm, std::move(graph), run.config.affinity), prepared); });
  }
  checkpoint.keep_affinities(prepared, map);
  stop_if_asked(run.comm);
  run.done("affinities", affinity_text(run.config, run.plan));
  return prepared;
}

/// The same, anew where what was kept turns out to be damaged.
template <class Real>
Prepared<Real> prepare_surely(Run& run, Checkpoint<Real>& checkpoint, Embedding<Real>& map, RunRecord& record) {
  try {
    return prepare(run, checkpoint, map, record);
  } catch (const Error& error) {
    if (checkpoint.kept() == KeptStage::none || error.code() != ExitCode::io_failure || !error.everywhere()) {
      throw;
    }
    run.progress.say(fmt::format("note: {}; going on without it", error.what()));
  }
  checkpoint.drop_stage();
  return prepare(run, checkpoint, map, record);
}

/// The rows of a map in the order of the neighbor graph.
template <class Real>
Embedding<Real> in_graph_order(const Communicator& comm, const Embedding<Real>& map,
                               const std::vector<GlobalIndex>& input_row) {
  const RowExchange plan = RowExchange::fetch(comm, map.partition, input_row);
  Embedding<Real> result(RowPartition(map.rows(), comm.size()), comm.rank(), map.columns);
  plan.move(comm, std::span<const Real>(map.values), static_cast<std::size_t>(map.columns),
            std::span<Real>(result.values));
  return result;
}

template <class Real>
void write(Run& run, const LoopState<Real>& state, RunRecord& record) {
  const Communicator& comm = run.comm;
  const Embedding<Real> ordered = in_input_order(comm, state.moving);
  record.history = state.history;
  record.iterations = state.iteration;
  summarize_run(run, record);
  record.config = run.config.text;
  record.method = word_of(run.config.objective.method, method_words);
  record.input = run.plan.input.path.empty() ? run.config.graph : run.plan.input.path + ":" + run.plan.input.dataset;
  record.instruction_set = instruction_set();
  record.seed = run.config.seed;
  record.ranks = comm.size();
  record.threads = static_cast<int>(comm.max(std::int64_t{run.plan.threads}));
  record.neighbors = run.plan.neighbors;
  write_result(comm, run.config.output, ordered, run.plan.labels, record);
}

/// A note where a stage that is still to come is likely to take longer than the run may: it would be begun again by
/// every run, and never be done.
void warn_of_short_time(const Run& run, KeptStage kept) {
  const double limit = run.plan.time_limit.value_or(std::numeric_limits<double>::infinity());
  for (const auto& [name, done_with] :
       {std::pair{"read", KeptStage::rows}, std::pair{"reduce", KeptStage::rows},
        std::pair{"neighbors", KeptStage::graph}, std::pair{"affinities", KeptStage::affinities}}) {
    const StagePrediction* const stage = run.prediction.find(name);
    if (stage != nullptr && kept < done_with && stage->seconds > limit) {
      run.progress.say(fmt::format(
          "note: {} will take about {}, and this run may take {}: a stage that is cut short begins anew, so "
          "that it may never be done; use more time, ranks or threads",
          name, readable_seconds(stage->seconds), readable_seconds(limit)));
    }
  }
}

/// What is left of a run whose map has diverged.
std::string last_good(std::optional<int> iteration, const std::string& checkpoint) {
  return iteration ? fmt::format("the last good checkpoint is that of iteration {}, in {}", *iteration, checkpoint)
                   : std::string("there is no checkpoint of the iterations before");
}

template <class Real>
void run_stages(Run& run) {
  const Communicator& comm = run.comm;
  const Config& config = run.config;
  RunRecord record;
  Checkpoint<Real> checkpoint(run, record);
  warn_of_short_time(run, checkpoint.kept());
  const auto how_to_go_on = [&] {
    return checkpoint.resumable() ? fmt::format("the same command goes on from {}", run.plan.checkpoint)
                                  : std::string("the same command starts again");
  };
  try {
    Embedding<Real> map;
    Prepared<Real> prepared = prepare_surely(run, checkpoint, map, record);
    MovingMap<Real> moving;
    moving.input_row = prepared.input_row;
    moving.map = run.plan.dense ? std::move(map) : in_graph_order(comm, map, moving.input_row);
    LoopState<Real> state(std::move(moving));
    const auto objective = run.timed("affinities", [&] {
      return make_objective<Real>(comm, config.objective, std::move(prepared.joint), prepared.entropy);
    });
    checkpoint.resume(state, *objective);

    OptimizeOptions options;
    options.phases = phases_of(config.schedule, config.objective.method, run.plan.rows);
    options.optimizer = optimizer_of(config.schedule);
    options.measure_every = config.measure_every;
    options.pace = pace_of(config, run.plan.rows);
    options.tell = [&run](const std::string& line) { run.progress.say(line); };
    Recorder<Real> recorder(run, options.phases);
    try {
      record.finished = run.timed("iterations", [&] {
        return optimize<Real>(
            comm, *objective, options, state, run.timers,
            [&run](const IterationReport& report) { run.progress.iteration(report); },
            [&] {
              recorder.after_update(state);
              return checkpoint.after_update(state, objective->field().fit());
            });
      });
    } catch (const DivergedMap& error) {
      throw Error(fmt::format("{}; {}", error.what(), last_good(checkpoint.last_iteration(), run.plan.checkpoint)),
                  error.code(), true);
    }
    judge_end(run, state, record);
    record.snapshots = recorder.snapshots();
    write(run, state, record);
    if (!record.finished) {
      throw Error(fmt::format("stopped by {} after iteration {}; the map so far is in {}; {}", checkpoint.reason(),
                              state.iteration, config.output, how_to_go_on()),
                  ExitCode::stopped, true);
    }
    checkpoint.remove();
    recorder.remove();
    report_end(run, record);
    run.progress.say(fmt::format("{} rows in {} dimensions written to {} after {:.1f} s, KL {}", run.plan.rows,
                                 config.objective.dims, config.output, now_seconds() - run.start,
                                 cost_text(config, run.plan.rows, state.kl)));
  } catch (const Stopped& stopped) {  // in a stage before the iterations
    throw Error(fmt::format("{}; {}", stopped.what(), how_to_go_on()), ExitCode::stopped, true);
  }
}

}  // namespace

void embed(const Communicator& comm, const Config& config) {
  const Plan plan = make_plan(comm, config);
  Progress progress(comm.is_root(), config.verbosity, config.log_json);
  begin(comm, config, plan,
        plan.input.path.empty()
            ? fmt::format("{} of {} rows", word_of(config.objective.method, method_words), plan.rows)
            : fmt::format("{} of {} rows x {} columns", word_of(config.objective.method, method_words), plan.rows,
                          plan.input.columns),
        progress);
  const Prediction prediction = foresee(comm, Job::embed, config, plan);
  if (config.dry_run) {
    return;
  }
  const OutputLock lock(comm, config.output);
  if (plan.time_limit) {
    limit_time(*plan.time_limit);
  }
  Run run(comm, config, plan, prediction, progress);
  if (config.precision == Precision::single) {
    run_stages<float>(run);
  } else {
    run_stages<double>(run);
  }
}

}  // namespace distsne
