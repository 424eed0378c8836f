/// New rows in a map, part by part.
#include "pipeline/transform.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/instruction_set.hpp"
#include "base/version.hpp"
#include "io/map_file.hpp"
#include "io/output_lock.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"
#include "mpi/processors.hpp"
#include "pipeline/identity.hpp"
#include "pipeline/input_rows.hpp"
#include "pipeline/map_input.hpp"
#include "pipeline/placed_so_far.hpp"
#include "pipeline/placer.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/stages.hpp"
#include "pipeline/weights.hpp"

namespace distsne {
namespace {

/// Everything that is read before anything is computed.
struct Task {
  MapDescription map;
  Config config;
  InputDescription rows;
  InputDescription reference;
  std::optional<PlannedWeights> weights;  // of the rows of the map
  ClassLabels labels;
  std::string checkpoint;  // empty: none
};

Task make_task(const Communicator& comm, const TransformOptions& options) {
  Task task;
  task.map = describe_map(comm, options.map);
  const std::string& path = options.map;
  require_everywhere(comm, !task.map.config.empty(),
                     fmt::format("'{}' does not hold the options of its run: new rows can be placed in maps that "
                                 "distsne embed has written",
                                 path));
  require_everywhere(comm, task.map.finished,
                     fmt::format("'{}' is the map of a run that was stopped before its end: finish it first", path));
  attempt_everywhere(comm, [&] { task.config = options.read_config(task.map.config); });
  if (task.config.affinity.kind == AffinityKind::given) {
    task.config.affinity = {};  // new rows have none: their distances to the map's rows say where they belong
    if (comm.is_root() && !options.quiet) {
      fmt::print(
          stderr,
          "note: the affinities of '{}' were given; new rows have those of the usual perplexity among its rows\n",
          path);
    }
  }
  task.reference = input_of_map(comm, options.reference, task.map, task.config, "--reference");
  if (!task.config.weights.empty()) {
    Config of_reference = task.config;
    of_reference.input = rows_of_map(options.reference, task.map, task.config);
    task.weights = read_weights_again(comm, of_reference, task.reference, path, "--reference");
  }
  InputOptions rows = read_like(options.rows, task.config);
  rows.shape = options.rows.shape;
  task.rows = describe_input(comm, rows);
  require_everywhere(comm, task.rows.rows > 0,
                     fmt::format("'{}', dataset '{}' has no rows", task.rows.path, task.rows.dataset));
  require_everywhere(
      comm, task.rows.columns == task.reference.columns,
      fmt::format("'{}', dataset '{}' has {} columns, and the rows of the map, '{}', dataset '{}', have {}: new rows "
                  "need the same columns in the same order",
                  task.rows.path, task.rows.dataset, task.rows.columns, task.reference.path, task.reference.dataset,
                  task.reference.columns));
  task.checkpoint = options.checkpoint == "auto"  ? options.output + ".checkpoint"
                    : options.checkpoint == "off" ? std::string()
                                                  : options.checkpoint;
  for (const std::string& other : {task.rows.path, task.reference.path, path}) {
    require_writable(comm, options.output, other);
  }
  if (!task.checkpoint.empty()) {  // which is removed in the end
    for (const std::string& other : {task.rows.path, task.reference.path, path, options.output}) {
      require_writable(comm, task.checkpoint, other);
    }
  }
  if (options.labels != no_labels) {
    task.labels = read_class_labels(comm, task.map.embedding, options.labels);
  }
  return task;
}

/// What makes a run the same as another, by the words that say what has changed.
nlohmann::json identity_of(const Task& task) {
  const auto of_file = [](const InputDescription& input) {
    return fmt::format("{}, {} x {}, {}", input.dataset, input.rows, input.columns, mark_of(input.path));
  };
  const nlohmann::json identity{{"the map", mark_of(task.map.embedding.path)},
                                {"the rows of the map", of_file(task.reference)},
                                {"the new rows", of_file(task.rows)},
                                {"--labels", task.labels.name},
                                {"the version", fmt::format("{} ({})", version(), commit())},
                                {"the instruction set", instruction_set()}};
  return nlohmann::json::parse(identity.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// Rows as the map's run had them.
class MapRows {
 public:
  MapRows(const Communicator& comm, const Task& task) : comm_(comm), task_(task) {
    treatment_ = treatment_of(task.config, 0);
    if (!task.config.components || task.reference.columns <= *task.config.components) {
      return;
    }
    treatment_.components =
        std::max<LocalIndex>(*task.config.components, static_cast<LocalIndex>(task.map.embedding.columns));
    MapAxes kept = read_map_axes(comm, task.map);
    require_everywhere(
        comm, kept.axes.empty() || kept.columns == task.reference.columns,
        fmt::format("'{}' was made from rows of {} columns and '{}', dataset '{}' has {}: it is not a map "
                    "of them",
                    task.map.embedding.path, kept.columns, task.reference.path, task.reference.dataset,
                    task.reference.columns));
    found_.axes.columns = narrow<LocalIndex>(task.reference.columns);
    found_.axes.count = static_cast<LocalIndex>(kept.axes.size() / static_cast<std::size_t>(task.reference.columns));
    found_.axes.axes = std::move(kept.axes);
    found_.axes.mean = std::move(kept.mean);
  }
  /// Collective. The rows of the map; finds their axes where the file does not have them.
  [[nodiscard]] DistributedMatrix<float> reference() {
    return prepare_rows<float>(comm_, read_raw_rows<float>(comm_, task_.reference, treatment_), treatment_, found_);
  }
  /// Collective. New rows of this rank; the same for each as for the rows of the map.
  [[nodiscard]] DistributedMatrix<float> some(GlobalIndex first, LocalIndex count) const {
    return prepare_more_rows(comm_, read_some_rows(comm_, task_.rows, first, count, found_.origin), treatment_, found_);
  }

 private:
  const Communicator& comm_;
  const Task& task_;
  RowTreatment treatment_;
  Preparation found_;
};

/// Collective. Throws everywhere where a rank found a row that is too far, of those from `first` on.
void require_placeable(const Communicator& comm, const Task& task, GlobalIndex first, LocalIndex too_far) {
  require_everywhere(comm, too_far < 0,
                     fmt::format("'{}', dataset '{}': row {} (counted from 0) lies more than 10^15 times farther than "
                                 "all rows of the map: remove such rows, or bring the values to the same unit",
                                 task.rows.path, task.rows.dataset, first + too_far));
}

}  // namespace

void transform(const Communicator& comm, const TransformOptions& options) {
  const double start = now_seconds();
  const Task task = make_task(comm, options);
  const OutputLock lock(comm, options.output);
  const SettledRanks settled(comm, options.threads > 0 ? options.threads : fitting_threads(comm));
  PlacedRows placed;
  placed.map = Embedding<float>(RowPartition(task.rows.rows, comm.size()), comm.rank(),
                                static_cast<LocalIndex>(task.map.embedding.columns));
  const GlobalIndex own = placed.map.local_rows();
  placed.novelty.resize(static_cast<std::size_t>(own));
  if (!task.labels.classes.empty()) {
    placed.label.resize(static_cast<std::size_t>(own));
    placed.label_share.resize(static_cast<std::size_t>(own));
  }
  PlacedSoFar so_far(comm,
                     {task.checkpoint, options.checkpoint_every, options.restart, options.quiet, identity_of(task),
                      task.labels.classes.size()},
                     placed);

  MapRows rows(comm, task);
  const Placer placer(comm, task.config, task.map, task.weights, task.labels, rows.reference());
  const double ready = now_seconds();

  constexpr GlobalIndex most_values = GlobalIndex{1} << 25U;  // read at a time
  const std::vector<RowRange> parts =
      so_far.missing(std::clamp<GlobalIndex>(most_values / task.rows.columns, 1, options.rows_at_a_time));
  const auto rounds = static_cast<std::size_t>(comm.max(std::ssize(parts)));
  try {
    for (std::size_t round = 0; round < rounds; ++round) {
      const RowRange part = round < parts.size() ? parts[round] : RowRange{own, own};
      const GlobalIndex first = placed.map.first_row() + part.begin;
      DistributedMatrix<float> x = rows.some(first, static_cast<LocalIndex>(part.end - part.begin));
      require_placeable(comm, task, first, placer.first_too_far(x));
      placer.place(std::move(x), static_cast<std::size_t>(part.begin), placed);
      so_far.done(part);
      if (round + 1 < rounds) {
        so_far.keep_when_due(placed);
      }
    }
  } catch (const Stopped& stopped) {
    so_far.keep(placed);
    throw Error(fmt::format("{} with {} of {} rows placed; {}", stopped.what(), so_far.placed_rows(), task.rows.rows,
                            so_far.remedy()),
                ExitCode::stopped, Known::everywhere);
  }
  write_placed(comm, options.output, placed, task.labels, task.rows, task.map);
  so_far.remove();
  if (comm.is_root() && !options.quiet) {
    fmt::print(stderr,
               "{} new rows placed among {} and written to {} after {:.1f} s ({:.1f} s for the map), {} search\n",
               task.rows.rows, task.reference.rows, options.output, now_seconds() - start, ready - start,
               placer.exact() ? "exact" : "approximate");
  }
}

}  // namespace distsne
