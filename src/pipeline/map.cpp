/// Checking what a caller gives, and the stages over it.
#include "distsne/pipeline/map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/repartition.hpp"
#include "data/row_centers.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "pipeline/given_graph.hpp"
#include "pipeline/map_stages.hpp"
#include "pipeline/options.hpp"
#include "pipeline/weights_of_rows.hpp"

namespace distsne {
namespace {

/// Passes on what the stages tell, and keeps the notes.
class NoteTaker : public MapObserver {
 public:
  NoteTaker(MapObserver& observer, std::vector<std::string>& notes) : observer_(observer), notes_(notes) {}
  void say(const std::string& line) override {
    constexpr std::string_view mark = "note: ";
    if (line.starts_with(mark)) {
      notes_.push_back(line.substr(mark.size()));
    }
    observer_.say(line);
  }
  void detail(const std::string& line) override { observer_.detail(line); }
  void working(const char* stage) override { observer_.working(stage); }
  void done(const char* stage, double seconds, const std::string& result) override {
    observer_.done(stage, seconds, result);
  }
  void iteration(const IterationReport& report) override { observer_.iteration(report); }

 private:
  MapObserver& observer_;
  std::vector<std::string>& notes_;
};

/// Throws Error everywhere (bad input) where a value is outside of what the table of options takes.
void require_valid(const Communicator& comm, const MapOptions& options) {
  attempt_everywhere(comm, [&] {
    Config config;
    static_cast<MapOptions&>(config) = options;
    for (const Option& option : run_options(config, Command::map)) {
      const std::string wrong = is_flag(option) ? "" : option.value.read(option.value.write());
      if (!wrong.empty()) {
        throw Error("--" + option.name + ": " + wrong, ExitCode::bad_input);
      }
    }
  });
}

/// How the map begins, by `init`.
InitialMap start_of(const Communicator& comm, const std::string& init, bool given, bool has_rows) {
  require_everywhere(
      comm, given || init == "auto" || init == "pca" || init == "random" || init == "spectral" || init == "multilevel",
      fmt::format("--init: '{}' is none of auto, pca, random, spectral and multilevel", init));
  require_everywhere(comm, given || (init != "pca" && init != "multilevel") || has_rows,
                     fmt::format("--init: {} needs rows beside a graph", init));
  return given                           ? InitialMap::file
         : init == "spectral"            ? InitialMap::spectral
         : init == "multilevel"          ? InitialMap::multilevel
         : init == "random" || !has_rows ? InitialMap::random
                                         : InitialMap::pca;
}

/// Throws Error everywhere (bad input) unless all ranks have the same matrix, each its block of it.
template <class Real>
void require_shape(const Communicator& comm, const DistributedMatrix<Real>& x, const char* what) {
  require_everywhere(comm, x.partition.ranks() == comm.size() && x.rank == comm.rank() && x.columns >= 0,
                     fmt::format("{}: a partition over the {} ranks of the communicator is wanted", what, comm.size()));
  std::uint64_t mark = static_cast<std::uint64_t>(x.columns) + 1;
  for (Rank rank = 0; rank < x.partition.ranks(); ++rank) {
    mark = mark * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(x.partition.end(rank));
  }
  const auto own = static_cast<std::int64_t>(mark >> 1U);
  const bool same = comm.min(own) == comm.max(own);
  require_everywhere(comm, same, fmt::format("{}: the ranks differ in the partition or in the columns", what));
  const auto values = checked_product(x.local_rows(), x.columns);
  require_everywhere(comm, x.values.size() == values,
                     fmt::format("{}: rank {} has {} values, and its {} rows x {} columns have {}", what, x.rank,
                                 x.values.size(), x.local_rows(), x.columns, values));
}

/// The same, and that all of its values are finite.
template <class Real>
void require_whole(const Communicator& comm, const DistributedMatrix<Real>& x, const char* what) {
  require_shape(comm, x, what);
  const auto bad = std::find_if(x.values.begin(), x.values.end(), [](Real value) { return !std::isfinite(value); });
  const GlobalIndex at = bad - x.values.begin();
  const bool fine = bad == x.values.end();
  require_everywhere(comm, fine,
                     fine ? std::string()
                          : fmt::format("{}: the value in row {}, column {} (counted from 0) is not finite: remove or "
                                        "replace such values",
                                        what, x.first_row() + at / x.columns, at % x.columns));
}

/// Of what there is.
template <class Real>
const RowPartition& partition_of(const MapInput<Real>& input) {
  return input.rows.columns > 0 ? input.rows.partition : input.graph ? input.graph->partition : input.matrix->partition;
}

template <class Real>
void require_input(const Communicator& comm, const MapInput<Real>& input, int dims) {
  const bool has_rows = comm.max(std::int64_t{input.rows.columns}) > 0;
  const std::int64_t graphs = comm.sum(std::int64_t{input.graph ? 1 : 0});
  const std::int64_t matrices = comm.sum(std::int64_t{input.matrix ? 1 : 0});
  const std::int64_t starts = comm.sum(std::int64_t{input.initial ? 1 : 0});
  const std::int64_t weights = comm.sum(std::int64_t{input.weights ? 1 : 0});
  require_everywhere(comm,
                     graphs % comm.size() == 0 && matrices % comm.size() == 0 && starts % comm.size() == 0 &&
                         weights % comm.size() == 0,
                     "a graph, a matrix, an initial map or weights are given on some ranks only");
  require_everywhere(comm, !input.graph || !input.matrix, "a graph and a matrix are given: one of them is wanted");
  require_everywhere(comm, has_rows || input.graph || input.matrix,
                     "rows with at least one column, a graph or a matrix are wanted");
  if (has_rows) {
    require_whole(comm, input.rows, "rows");
  }
  const GlobalIndex rows = partition_of(input).rows();
  require_everywhere(comm, rows >= 2, fmt::format("at least 2 rows are needed for a map, and there are {}", rows));
  require_everywhere(comm, rows <= most_rows, fmt::format("more than {} rows cannot be handled", most_rows));
  if (input.graph) {
    require_graph(comm, *input.graph, rows);
  }
  if (input.matrix) {
    const RowPartition& own = input.matrix->partition;
    require_everywhere(
        comm,
        own.ranks() == comm.size() && input.matrix->rank == comm.rank() && own.rows() == rows &&
            std::ssize(input.matrix->begin) == GlobalIndex{input.matrix->local_rows()} + 1 &&
            std::is_sorted(input.matrix->begin.begin(), input.matrix->begin.end()) &&
            input.matrix->begin.back() == std::ssize(input.matrix->column) &&
            input.matrix->column.size() == input.matrix->values.size(),
        fmt::format("matrix: a partition of {} rows over {} ranks is wanted, with the entries of each row", rows,
                    comm.size()));
  }
  if (input.initial) {
    require_whole(comm, *input.initial, "initial map");
    require_everywhere(comm, input.initial->rows() == rows && input.initial->columns == dims,
                       fmt::format("the initial map is {} x {}, and a map of {} rows in {} dimensions is wanted",
                                   input.initial->rows(), input.initial->columns, rows, dims));
  }
  if (input.weights) {
    require_shape(comm, *input.weights, "weights");
    require_everywhere(comm, input.weights->rows() == rows && input.weights->columns == 1,
                       fmt::format("the weights are {} x {}, and one of each of {} rows is wanted",
                                   input.weights->rows(), input.weights->columns, rows));
  }
}

}  // namespace

template <class Real>
DistributedMatrix<Real> rows_of_ranks(const Communicator& comm, std::span<const Real> own, LocalIndex columns) {
  require_everywhere(comm, columns > 0 && own.size() % static_cast<std::size_t>(std::max(columns, 1)) == 0,
                     fmt::format("{} values are no whole rows of {} columns", own.size(), columns));
  const auto rows = static_cast<GlobalIndex>(own.size()) / columns;
  DistributedMatrix<Real> x(RowPartition(comm.all_gather(rows)), comm.rank(), columns);
  std::copy(own.begin(), own.end(), x.values.begin());
  return x;
}

DistributedMatrix<float> in_single_precision(const Communicator& comm, DistributedMatrix<double> rows,
                                             const MapOptions& options) {
  require_whole(comm, rows, "rows");
  if (rows.rows() > 0 && rows.columns > 0 && any_origin(treatment_of(options, 0))) {
    static_cast<void>(center_rows(comm, rows));
  }
  DistributedMatrix<float> result(rows.partition, rows.rank, rows.columns);
  std::transform(rows.values.begin(), rows.values.end(), result.values.begin(),
                 [](double value) { return static_cast<float>(value); });
  return result;
}

template <class Real>
Map<Real> compute_map(const Communicator& comm, MapInput<Real> input, const MapOptions& given, MapObserver& observer) {
  require_valid(comm, given);
  MapOptions options = given;
  options.objective.accuracy = accuracy_of(options);
  require_input(comm, input, options.objective.dims);
  const bool has_rows = input.rows.columns > 0;
  const RowPartition partition = partition_of(input);
  const RowPartition even(partition.rows(), comm.size());
  options.initialization.kind = start_of(comm, options.init, input.initial.has_value(), has_rows);

  MapPlan plan;
  plan.rows = partition.rows();
  const bool searched = !input.graph && !input.matrix;
  plan.needs_rows = searched || options.initialization.kind == InitialMap::pca ||
                    options.initialization.kind == InitialMap::multilevel;
  plan.threads = options.threads > 0 ? options.threads : fitting_threads(comm);
  plan.components = chosen_components(options, input.rows.columns, options.objective.dims);
  if (input.matrix) {
    const GlobalIndex entries = comm.sum(std::int64_t{std::ssize(input.matrix->values)});
    plan.matrix_entries = narrow<LocalIndex>(std::max<GlobalIndex>(1, divide_up(entries, plan.rows)));
  }
  if (input.weights) {
    require_weights_served(comm, options, input.matrix.has_value(), "weights");
    const DistributedMatrix<double> weights = in_partition(comm, std::move(*input.weights), even);
    plan.weights =
        plan_weights(comm, weights.values, even, std::is_same_v<Real, float> ? Precision::single : Precision::full,
                     [](GlobalIndex row) { return fmt::format("weights: that of row {} (counted from 0)", row); });
  }
  choose_pairs(comm, options, searched, plan);

  const SettledRanks settled(comm, plan.threads);
  const StopScope stops([&] { return observer.wants_stop(); });
  Map<Real> map;
  NoteTaker notes(observer, map.notes);
  Run run(comm, options, plan, notes);
  MapSource<Real> source;
  source.rows = [&] {
    DistributedMatrix<Real> x = in_partition(comm, std::move(input.rows), even);
    std::vector<double> origin;
    if (any_origin(treatment_of(options, plan.components))) {
      origin = center_rows(comm, x);
    }
    return RawRows<Real>{std::move(x), std::move(origin)};
  };
  if (input.graph) {
    source.graph = [&] {
      return GivenGraph{evenly(comm, std::move(*input.graph), plan.neighbors), std::numeric_limits<double>::quiet_NaN(),
                        "the caller"};
    };
  }
  if (input.matrix) {
    source.matrix = [&] { return GivenMatrix<Real>{in_partition(comm, std::move(*input.matrix), even), "matrix"}; };
  }
  source.initial = [&]() -> GivenMap {
    return input.initial ? GivenMap(in_partition(comm, std::move(*input.initial), even)) : GivenMap();
  };

  StageStore<Real> nothing(comm);
  Prepared<Real> prepared = prepare_map(run, source, nothing);
  Findings found = std::move(prepared.found);
  const MovedMap<Real> moved =
      move_map<Real>(run, std::move(prepared), nothing, [](const LoopState<Real>& /*state*/) {});
  map.record = record_of(run, moved, std::move(found));
  map.kl = moved.state.kl;
  map.points = in_partition(comm, in_input_order(comm, moved.state.moving), partition);
  map.seconds = run.timers.seconds();
  return map;
}

template DistributedMatrix<float> rows_of_ranks(const Communicator&, std::span<const float>, LocalIndex);
template DistributedMatrix<double> rows_of_ranks(const Communicator&, std::span<const double>, LocalIndex);
template Map<float> compute_map(const Communicator&, MapInput<float>, const MapOptions&, MapObserver&);
template Map<double> compute_map(const Communicator&, MapInput<double>, const MapOptions&, MapObserver&);

}  // namespace distsne
