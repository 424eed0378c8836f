/// The main job: read, reduce, neighbors, affinities, iterations, write; what is done by earlier runs is not done
/// again.
#include "pipeline/embed.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/instruction_set.hpp"
#include "io/graph.hpp"
#include "io/output_lock.hpp"
#include "io/result.hpp"
#include "mpi/interruption.hpp"
#include "pipeline/checkpoint.hpp"
#include "pipeline/ending.hpp"
#include "pipeline/map_stages.hpp"
#include "pipeline/recorder.hpp"
#include "pipeline/stages.hpp"

namespace distsne {
namespace {

/// The files of the run.
template <class Real>
MapSource<Real> source_of(FileRun& run) {
  MapSource<Real> source;
  source.rows = [&run] { return read_input<Real>(run); };
  if (run.plan.graph.is_matrix()) {
    source.matrix = [&run] {
      const InputDescription& matrix = run.plan.graph.indices;
      return GivenMatrix<Real>{read_sparse_matrix<Real>(run.comm, matrix),
                               fmt::format("'{}', dataset '{}'", matrix.path, matrix.dataset)};
    };
  } else if (!run.config.graph.empty()) {
    source.graph = [&run] {
      return GivenGraph{read_graph(run.comm, run.plan.graph, run.plan.neighbors), run.plan.graph.recall,
                        run.config.graph};
    };
  }
  source.initial = [&run]() -> GivenMap {
    if (run.config.initialization.kind != InitialMap::file) {
      return {};
    }
    if (run.config.initialization.scale == InitialScale::automatic) {
      return read_matrix<double>(run.comm, run.plan.initial_map);
    }
    return read_matrix<Real>(run.comm, run.plan.initial_map);
  };
  return source;
}

template <class Real>
void write(FileRun& run, const LoopState<Real>& state, RunRecord& record) {
  const Communicator& comm = run.comm;
  const Embedding<Real> ordered = in_input_order(comm, state.moving);
  summarize_run(run, record);
  record.config = run.config.text;
  record.method = word_of(run.config.objective.method, method_words);
  record.input = run.plan.input.path.empty() ? run.config.graph : run.plan.input.path + ":" + run.plan.input.dataset;
  record.instruction_set = instruction_set();
  record.seed = run.config.seed;
  record.ranks = comm.size();
  record.threads = static_cast<int>(comm.max(std::int64_t{run.plan.threads}));
  write_result(comm, run.config.output, ordered, run.plan.labels, record);
}

/// A note where a stage that is still to come is likely to take longer than the run may: it would be begun again by
/// every run, and never be done.
void warn_of_short_time(const FileRun& run, KeptStage kept) {
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

/// The iterations, with what is recorded on their way.
template <class Real>
MovedMap<Real> iterate(FileRun& run, Prepared<Real>&& prepared, Checkpoint<Real>& checkpoint,
                       Recorder<Real>& recorder) {
  try {
    return move_map<Real>(run, std::move(prepared), checkpoint,
                          [&](const LoopState<Real>& state) { recorder.after_update(state); });
  } catch (const DivergedMap& error) {
    throw Error(fmt::format("{}; {}", error.what(), last_good(checkpoint.last_iteration(), run.plan.checkpoint)),
                error.code(), Known::everywhere);
  }
}

template <class Real>
void run_stages(FileRun& run) {
  const Config& config = run.config;
  Checkpoint<Real> checkpoint(run);
  warn_of_short_time(run, checkpoint.kept());
  const auto how_to_go_on = [&] {
    return checkpoint.resumable() ? fmt::format("the same command goes on from {}", run.plan.checkpoint)
                                  : std::string("the same command starts again");
  };
  try {
    Prepared<Real> prepared = prepare_map(run, source_of<Real>(run), checkpoint);
    Findings found = std::move(prepared.found);
    Recorder<Real> recorder(run, phases_of(config.schedule, config.objective.method, run.plan.rows));
    const MovedMap<Real> moved = iterate(run, std::move(prepared), checkpoint, recorder);

    RunRecord record;
    static_cast<MapRecord&>(record) = record_of(run, moved, std::move(found));
    record.changes = checkpoint.changes();
    record.snapshots = recorder.snapshots();
    write(run, moved.state, record);
    if (!record.finished) {
      throw Error(fmt::format("stopped by {} after iteration {}; the map so far is in {}; {}", checkpoint.reason(),
                              moved.state.iteration, config.output, how_to_go_on()),
                  ExitCode::stopped, Known::everywhere);
    }
    checkpoint.remove();
    recorder.remove();
    report_end(run, record);
    run.progress.say(fmt::format("{} rows in {} dimensions written to {} after {:.1f} s, KL {}", run.plan.rows,
                                 config.objective.dims, config.output, now_seconds() - run.start,
                                 cost_text(config, run.plan.rows, moved.state.kl)));
  } catch (const Stopped& stopped) {  // in a stage before the iterations
    throw Error(fmt::format("{}; {}", stopped.what(), how_to_go_on()), ExitCode::stopped, Known::everywhere);
  }
}

}  // namespace

void embed(const Communicator& comm, const Config& config) {
  const Plan plan = make_plan(comm, config);
  const SettledRanks settled(comm, plan.threads);
  Progress progress(comm.is_root(), config.verbosity, config.log_json);
  report_begin(comm, config, plan,
               plan.input.path.empty()
                   ? fmt::format("{} of {} rows", word_of(config.objective.method, method_words), plan.rows)
                   : fmt::format("{} of {} rows x {} columns", word_of(config.objective.method, method_words),
                                 plan.rows, plan.input.columns),
               progress);
  const Prediction prediction = foresee(comm, Job::embed, config, plan);
  if (config.dry_run) {
    return;
  }
  const OutputLock lock(comm, config.output);
  if (plan.time_limit) {
    limit_time(*plan.time_limit);
  }
  FileRun run(comm, config, plan, prediction, progress);
  if (config.precision == Precision::single) {
    run_stages<float>(run);
  } else {
    run_stages<double>(run);
  }
}

}  // namespace distsne
