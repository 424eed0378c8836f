/// The stages of distsne neighbors.
#include "pipeline/graph.hpp"

#include <fmt/format.h>

#include "io/graph.hpp"
#include "io/output_lock.hpp"
#include "pipeline/map_stages.hpp"
#include "pipeline/stages.hpp"

namespace distsne {

void make_graph(const Communicator& comm, const Config& config) {
  const Plan plan = make_graph_plan(comm, config);
  const SettledRanks settled(comm, plan.threads);
  Progress progress(comm.is_root(), config.verbosity, config.log_json);
  report_begin(comm, config, plan, fmt::format("neighbors of {} rows x {} columns", plan.rows, plan.input.columns),
               progress);
  const Prediction prediction = foresee(comm, Job::neighbors, config, plan);
  if (config.dry_run) {
    return;
  }
  const OutputLock lock(comm, config.output);
  FileRun run(comm, config, plan, prediction, progress);
  ReducedRows<float> rows = reduce_rows(run, run.timed("read", [&] { return read_input<float>(run); }));
  const FoundNeighbors found = search_neighbors(run, std::move(rows.x));
  GraphRecord record;
  record.input = plan.input.path + ":" + plan.input.dataset;
  record.metric = word_of(config.metric, metric_words);
  record.config = config.text;
  record.exact = found.report.exact;
  record.recall = found.report.recall;
  write_graph(comm, config.output, found.graph, plan.input, record);
  progress.say(fmt::format("{} neighbors of each of {} rows written to {} after {:.1f} s", found.graph.k, plan.rows,
                           config.output, now_seconds() - run.start));
}

}  // namespace distsne
