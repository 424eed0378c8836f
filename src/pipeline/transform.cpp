/// New rows in a map, part by part.
#include "pipeline/transform.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <map>

#include "affinity/row.hpp"
#include "base/parallel.hpp"
#include "embed/placement.hpp"
#include "io/map_file.hpp"
#include "io/output_lock.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "mpi/row_exchange.hpp"
#include "neighbors/reference.hpp"
#include "pipeline/input_rows.hpp"
#include "pipeline/map_input.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/stages.hpp"

namespace distsne {
namespace {

constexpr LocalIndex votes = 10;

/// Everything that is read before anything is computed.
struct Task {
  MapDescription map;
  Config config;
  InputDescription rows;
  InputDescription reference;
  ClassLabels labels;
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
  require_everywhere(
      comm, task.config.weights.empty(),
      fmt::format("'{}' is a map of --weights: new rows can be placed among rows that count once each", path));
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
  for (const std::string& other : {task.rows.path, task.reference.path, path}) {
    require_writable(comm, options.output, other);
  }
  if (options.labels != no_labels) {
    task.labels = read_class_labels(comm, task.map.embedding, options.labels);
  }
  return task;
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

/// The map, its labels and its own distances in the working order of the reference rows.
class Placer {
 public:
  Placer(const Communicator& comm, const Task& task, DistributedMatrix<float>&& reference)
      : comm_(comm),
        task_(task),
        kernel_(kernel_of(task.config.objective)),
        affinity_(fitted_to(task.config.affinity, reference.rows(), task.config.k)),
        k_(narrow<LocalIndex>(std::min<GlobalIndex>(
            reference.rows(),
            std::max<GlobalIndex>(task.config.k.value_or(neighbors_needed(affinity_, reference.rows())),
                                  std::min<GlobalIndex>(votes, reference.rows()))))),
        rows_(comm, std::move(reference), search_options()),
        map_(read_matrix<float>(comm, task.map.embedding)),
        field_(comm, map_, kernel_) {
    const RowExchange plan = RowExchange::fetch(comm, map_.partition, rows_.input_row());
    Embedding<float> moved(rows_.partition(), comm.rank(), map_.columns);
    plan.move(comm, std::span<const float>(map_.values), static_cast<std::size_t>(map_.columns),
              std::span<float>(moved.values));
    map_ = std::move(moved);
    std::vector<std::int32_t> labels(task.labels.classes.empty() ? 0 : rows_.input_row().size());
    if (!labels.empty()) {
      plan.move(comm, std::span<const std::int32_t>(task.labels.of_row), 1, std::span<std::int32_t>(labels));
    }
    const std::vector<float> distances = rows_.own_distances(votes);
    facts_.reserve(distances.size() * width());
    for (std::size_t i = 0; i < distances.size(); ++i) {
      const auto place = map_.row(static_cast<LocalIndex>(i));
      facts_.insert(facts_.end(), place.begin(), place.end());
      facts_.push_back(distances[i]);
      facts_.push_back(std::bit_cast<float>(labels.empty() ? -1 : labels[i]));
    }
  }

  /// Collective. Places some rows, the next of this rank from `before` on, and writes what is said about them.
  void place(DistributedMatrix<float>&& x, std::size_t before, PlacedRows& placed) const {
    std::int64_t far_row = -1;
    for (LocalIndex i = 0; i < x.local_rows() && far_row < 0; ++i) {
      if (rows_.too_far(x.row(i))) {
        far_row = placed.map.first_row() + static_cast<GlobalIndex>(before) + i;
      }
    }
    require_everywhere(
        comm_, far_row < 0,
        fmt::format("'{}', dataset '{}': row {} (counted from 0) lies more than 10^15 times farther than "
                    "all rows of the map: remove such rows, or bring the values to the same unit",
                    task_.rows.path, task_.rows.dataset, far_row));
    std::vector<GlobalIndex> wanted;
    std::vector<float> facts;
    rows_.nearest_by_rounds(std::move(x), k_, [&](std::span<const LocalIndex> some, const ForeignNeighbors& found) {
      wanted.assign(found.neighbors.begin(), found.neighbors.end());
      const RowExchange plan = RowExchange::fetch(comm_, rows_.partition(), wanted);
      facts.resize(plan.arriving() * width());
      plan.move(comm_, std::span<const float>(facts_), width(), std::span<float>(facts));
      constexpr std::size_t block = 64;
      parallel_for(static_cast<std::int64_t>(divide_up(some.size(), block)), [&](std::int64_t b) {
        Scratch scratch;
        for (std::size_t i = static_cast<std::size_t>(b) * block;
             i < std::min(some.size(), static_cast<std::size_t>(b + 1) * block); ++i) {
          const auto k = static_cast<std::size_t>(k_);
          place_row(std::span(found.distances).subspan(i * k, k),
                    std::span<const float>(facts).subspan(i * k * width(), k * width()), scratch,
                    before + static_cast<std::size_t>(some[i]), placed);
        }
      });
    });
  }

  [[nodiscard]] bool exact() const { return rows_.exact(); }

 private:
  /// Memory for one row.
  struct Scratch {
    AlignedVector<double> values;
    AlignedVector<double> memory;
    std::vector<float> places;

    std::span<const double> affinities(std::span<const float> distances, const AffinityOptions& wanted) {
      const std::size_t k = distances.size();
      AffinityOptions options = wanted;
      for (double& perplexity : options.perplexities) {
        perplexity = std::min(perplexity, static_cast<double>(k));
      }
      const auto unit = static_cast<double>(distances.back());
      values.assign(round_up(k + 1, 16), 0.0);
      for (std::size_t n = 0; n < k; ++n) {
        const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
        values[n] = relative * relative;
      }
      affinity_row(std::span<double>(values), k, k, options, unit * unit, memory);
      return std::span<const double>(values).first(k);
    }
  };

  /// Values that each reference row tells: its place, its own distances and its label.
  [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(map_.columns) + 2; }

  /// A row with neighbors at these distances, which have told these facts.
  void place_row(std::span<const float> distances, std::span<const float> facts, Scratch& scratch, std::size_t row,
                 PlacedRows& placed) const {
    const std::size_t dims = width() - 2;
    scratch.places.clear();
    for (std::size_t n = 0; n < distances.size(); ++n) {
      const auto place = facts.subspan(n * width(), dims);
      scratch.places.insert(scratch.places.end(), place.begin(), place.end());
    }
    const PointAffinities affinities{scratch.affinities(distances, affinity_), scratch.places};
    const auto there = settle(field_, kernel_, task_.config.objective.method, map_.rows(), affinities,
                              weighted_median(affinities, dims));
    std::transform(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(dims),
                   placed.map.values.begin() + static_cast<std::ptrdiff_t>(row * dims),
                   [](double value) { return static_cast<float>(value); });
    placed.novelty[row] = novelty(distances, facts);
    if (!placed.label.empty()) {
      vote(facts, placed.label[row], placed.label_share[row]);
    }
  }

  [[nodiscard]] NeighborOptions search_options() const {
    NeighborOptions options;
    options.search = task_.config.neighbors == NeighborChoice::exact || task_.config.neighbors == NeighborChoice::all
                         ? NeighborSearch::exact
                         : NeighborSearch::automatic;
    options.k = k_;
    options.recall = task_.config.recall;
    options.seed = task_.config.seed;
    return options;
  }

  /// The mean distance to the nearest rows over the mean of what is usual for those.
  [[nodiscard]] float novelty(std::span<const float> distances, std::span<const float> facts) const {
    const std::size_t nearest = std::min<std::size_t>(static_cast<std::size_t>(votes), distances.size());
    double sum = 0.0;
    double usual = 0.0;
    for (std::size_t n = 0; n < nearest; ++n) {
      sum += static_cast<double>(distances[n]);
      usual += static_cast<double>(facts[(n + 1) * width() - 2]);
    }
    return sum == 0.0 ? 0.0F : static_cast<float>(sum / usual);
  }

  /// The label that most of the nearest rows with one have, and their share.
  void vote(std::span<const float> facts, std::int32_t& label, float& share) const {
    std::map<std::int32_t, int> count;
    int all = 0;
    for (std::size_t n = 0; n < std::min<std::size_t>(static_cast<std::size_t>(votes), facts.size() / width()); ++n) {
      const auto named = std::bit_cast<std::int32_t>(facts[(n + 1) * width() - 1]);
      if (named >= 0) {
        ++count[named];
        ++all;
      }
    }
    const auto most =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    label = most == count.end() ? 0 : most->first;
    share = most == count.end() ? 0.0F : static_cast<float>(most->second) / static_cast<float>(all);
  }

  const Communicator& comm_;
  const Task& task_;
  Kernel kernel_;
  AffinityOptions affinity_;
  LocalIndex k_;
  ReferenceRows rows_;
  Embedding<float> map_;
  FrozenField field_;
  std::vector<float> facts_;  // of the reference rows of this rank
};

}  // namespace

void transform(const Communicator& comm, const TransformOptions& options) {
  const double start = now_seconds();
  const Task task = make_task(comm, options);
  const OutputLock lock(comm, options.output);
  const SettledRanks settled(comm, options.threads > 0 ? options.threads : fitting_threads(comm));
  MapRows rows(comm, task);
  const Placer placer(comm, task, rows.reference());
  const double ready = now_seconds();

  PlacedRows placed;
  placed.map = Embedding<float>(RowPartition(task.rows.rows, comm.size()), comm.rank(),
                                static_cast<LocalIndex>(task.map.embedding.columns));
  const GlobalIndex own = placed.map.local_rows();
  placed.novelty.resize(static_cast<std::size_t>(own));
  if (!task.labels.classes.empty()) {
    placed.label.resize(static_cast<std::size_t>(own));
    placed.label_share.resize(static_cast<std::size_t>(own));
  }
  constexpr GlobalIndex most_values = GlobalIndex{1} << 25U;  // read at a time
  const GlobalIndex at_a_time = std::clamp<GlobalIndex>(most_values / task.rows.columns, 1, options.rows_at_a_time);
  const std::int64_t rounds = comm.max(divide_up(own, at_a_time));
  for (std::int64_t round = 0; round < rounds; ++round) {
    const GlobalIndex begin = std::min<GlobalIndex>(own, round * at_a_time);
    const GlobalIndex size = std::min<GlobalIndex>(at_a_time, own - begin);
    placer.place(rows.some(placed.map.first_row() + begin, static_cast<LocalIndex>(size)),
                 static_cast<std::size_t>(begin), placed);
  }
  write_placed(comm, options.output, placed, task.labels, task.rows, task.map);
  if (comm.is_root() && !options.quiet) {
    fmt::print(stderr,
               "{} new rows placed among {} and written to {} after {:.1f} s ({:.1f} s for the map), {} search\n",
               task.rows.rows, task.reference.rows, options.output, now_seconds() - start, ready - start,
               placer.exact() ? "exact" : "approximate");
  }
}

}  // namespace distsne
