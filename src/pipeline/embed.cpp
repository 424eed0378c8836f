/// The main job: read, reduce, neighbors, affinities, iterations, write; what is done by earlier runs is not done
/// again.
#include "pipeline/embed.hpp"

#include <fmt/format.h>

#include <utility>

#include "io/output_lock.hpp"
#include "io/result.hpp"
#include "mpi/interruption.hpp"
#include "pipeline/earlier_map.hpp"
#include "pipeline/ending.hpp"
#include "pipeline/ensemble.hpp"
#include "pipeline/map_files.hpp"
#include "pipeline/recorder.hpp"

namespace distsne {
namespace {

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
    Recorder<Real> recorder(run, phases_of(config.schedule, config.objective.method, run.plan.rows, run.plan.points()));
    const MovedMap<Real> moved = iterate<Real>(run, std::move(prepared), checkpoint,
                                               [&](const LoopState<Real>& state) { recorder.after_update(state); });

    RunRecord record;
    static_cast<MapRecord&>(record) = record_of(run, moved, std::move(found));
    record.changes = checkpoint.changes();
    record.snapshots = recorder.snapshots();
    const Embedding<Real> ordered = in_input_order(run.comm, moved.state.moving);
    describe_run(run, record);
    if (run.plan.earlier) {
      record.drift = drift_of(run.comm, *run.plan.earlier, ordered);
      run.progress.say(drift_text(*record.drift));
    }
    write_result(run.comm, config.output, ordered, run.plan.labels, record);
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
  if (plan.earlier) {
    progress.say(common_text(*plan.earlier));
  }
  const Prediction prediction = foresee(comm, Job::embed, config, plan);
  if (config.dry_run) {
    return;
  }
  const OutputLock lock(comm, config.output);
  if (plan.time_limit) {
    limit_time(*plan.time_limit);
  }
  if (config.ensemble.several()) {
    embed_ensemble(comm, config, plan, prediction, progress);
    return;
  }
  FileRun run(comm, config, plan, prediction, progress);
  if (config.precision == Precision::single) {
    run_stages<float>(run);
  } else {
    run_stages<double>(run);
  }
}

}  // namespace distsne
