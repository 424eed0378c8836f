/// Files for the stages, and the record of a run.
#include "pipeline/map_files.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/instruction_set.hpp"
#include "io/graph.hpp"

namespace distsne {
namespace {

/// What is left of a run whose map has diverged.
std::string last_good(std::optional<int> iteration, const std::string& checkpoint) {
  return iteration ? fmt::format("the last good checkpoint is that of iteration {}, in {}", *iteration, checkpoint)
                   : std::string("there is no checkpoint of the iterations before");
}

}  // namespace

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

void warn_of_short_time(const FileRun& run, KeptStage kept) {
  const double limit = run.plan.time_limit.value_or(std::numeric_limits<double>::infinity());
  for (const auto& [name, done_with] :
       {std::pair{"read", KeptStage::rows}, std::pair{"reduce", KeptStage::rows},
        std::pair{"neighbors", KeptStage::graph}, std::pair{"affinities", KeptStage::affinities}}) {
    const StagePrediction* const stage = run.prediction.find(name);
    // That of each map begins anew by itself.
    const auto times = static_cast<double>(done_with == KeptStage::affinities ? run.config.ensemble.maps() : 1);
    if (stage != nullptr && kept < done_with && stage->seconds > times * limit) {
      run.progress.say(fmt::format(
          "note: {} will take about {}, and this run may take {}: a stage that is cut short begins anew, so "
          "that it may never be done; use more time, ranks or threads",
          name, readable_seconds(stage->seconds / times), readable_seconds(limit)));
    }
  }
}

template <class Real>
MovedMap<Real> iterate(FileRun& run, Prepared<Real>&& prepared, Checkpoint<Real>& checkpoint,
                       const std::function<void(const LoopState<Real>&)>& after_update) {
  try {
    return move_map<Real>(run, std::move(prepared), checkpoint, after_update);
  } catch (const DivergedMap& error) {
    throw Error(fmt::format("{}; {}", error.what(), last_good(checkpoint.last_iteration(), run.plan.checkpoint)),
                error.code(), Known::everywhere);
  }
}

void describe_run(FileRun& run, RunRecord& record) {
  summarize_run(run, record);
  record.config = run.config.text;
  record.method = word_of(run.config.objective.method, method_words);
  record.input = run.plan.input.path.empty() ? run.config.graph : run.plan.input.path + ":" + run.plan.input.dataset;
  record.instruction_set = instruction_set();
  record.seed = run.config.seed;
  record.ranks = run.comm.size();
  record.threads = static_cast<int>(run.comm.max(std::int64_t{run.plan.threads}));
}

template MapSource<float> source_of(FileRun&);
template MapSource<double> source_of(FileRun&);
template MovedMap<float> iterate(FileRun&, Prepared<float>&&, Checkpoint<float>&,
                                 const std::function<void(const LoopState<float>&)>&);
template MovedMap<double> iterate(FileRun&, Prepared<double>&&, Checkpoint<double>&,
                                  const std::function<void(const LoopState<double>&)>&);

}  // namespace distsne
