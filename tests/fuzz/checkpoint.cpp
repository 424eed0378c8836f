/// Fuzz target: checkpoints whose checksums are right and whose facts and arrays are not: no index in them may lead out
/// of an array, whatever it is.
#include <list>
#include <nlohmann/json.hpp>
#include <tuple>

#include "affinity/joint.hpp"
#include "affinity/sparse.hpp"
#include "fuzz/bytes.hpp"
#include "fuzz/harness.hpp"
#include "fuzz/odd_json.hpp"
#include "pipeline/checkpoint.hpp"
#include "pipeline/identity.hpp"

namespace distsne::fuzz {
namespace {

using Json = nlohmann::json;

constexpr GlobalIndex rows = 6;
constexpr LocalIndex dims = 2;
constexpr LocalIndex neighbors = 2;

/// The arrays of a file, and what keeps their values.
class Arrays {
 public:
  explicit Arrays(Bytes& bytes) : bytes_(bytes) {}

  template <class T, class Value>
  void add(const char* name, GlobalIndex count, GlobalIndex columns, const Value& value) {
    if (bytes_.rarely()) {
      return;
    }
    if (bytes_.rarely()) {
      count = static_cast<GlobalIndex>(bytes_.below(20));
    }
    if (bytes_.rarely()) {
      columns = static_cast<GlobalIndex>(bytes_.below(4));
    }
    auto& kept = std::get<std::list<std::vector<T>>>(values_).emplace_back();
    for (GlobalIndex i = 0; i < count * columns; ++i) {
      kept.push_back(static_cast<T>(value(i)));
    }
    for (std::size_t changes = bytes_.below(4); changes > 0 && !kept.empty(); --changes) {
      T& one = kept[bytes_.below(kept.size())];
      if constexpr (std::is_integral_v<T>) {
        one = bytes_.rarely() ? bytes_.value<T>() : static_cast<T>(static_cast<int>(bytes_.below(12)) - 3);
      } else {
        one = bytes_.rarely() ? bytes_.value<T>() : static_cast<T>(bytes_.below(12)) - T{3};
      }
    }
    arrays_.push_back(SavedArray::of<T>(name, count, columns, 0, kept));
  }
  void write(const std::string& path, Json facts) {
    make_odd(bytes_, facts);
    const std::string text =
        bytes_.rarely() ? bytes_.text(40) : facts.dump(-1, ' ', false, Json::error_handler_t::ignore);
    reads([&] { write_saved(alone(), path, arrays_, text); });
  }

 private:
  Bytes& bytes_;
  std::tuple<std::list<std::vector<float>>, std::list<std::vector<CompactIndex>>, std::list<std::vector<std::int64_t>>>
      values_;
  std::vector<SavedArray> arrays_;
};

double coordinate(GlobalIndex i) { return static_cast<double>(i * 5 % 7) * 0.1; }
GlobalIndex place(GlobalIndex i) { return i * 5 % rows; }
GlobalIndex neighbor(GlobalIndex i) { return (i / neighbors + 1 + i % neighbors) % rows; }

void write_stage(Bytes& bytes, const FileRun& run, const std::string& path) {
  Arrays arrays(bytes);
  Json facts{{"run", identity_of(run)}, {"recall", 0.96}, {"explained variance", {0.5, 0.25}}};
  switch (bytes.below(3)) {
    case 0:
      facts["stage"] = "affinities";
      facts["conditional entropy"] = -1.5;
      facts["joint entropy"] = -2.5;
      arrays.add<std::int64_t>("input_row", rows, 1, place);
      arrays.add<std::int64_t>("lengths", rows, 1, [](GlobalIndex) { return neighbors; });
      arrays.add<CompactIndex>("columns", rows * neighbors, 1, neighbor);
      arrays.add<float>("values", rows * neighbors, 1, [](GlobalIndex) { return 1.0 / (rows * neighbors); });
      break;
    case 1:
      facts["stage"] = "neighbors";
      facts["k"] = neighbors;
      arrays.add<std::int64_t>("input_row", rows, 1, place);
      arrays.add<CompactIndex>("neighbors", rows, neighbors, neighbor);
      arrays.add<float>("distances", rows, neighbors, [](GlobalIndex i) { return 1.0 + static_cast<double>(i % 2); });
      break;
    default:
      facts["stage"] = "rows";
      facts["columns"] = 3;
      arrays.add<float>("rows", rows, 3, coordinate);
  }
  arrays.add<float>("initial_map", rows, dims, coordinate);
  arrays.write(path, facts);
}

void write_loop(Bytes& bytes, const FileRun& run, const std::string& path) {
  Arrays arrays(bytes);
  const Json facts{{"run", identity_of(run)},
                   {"iteration", 5},
                   {"kl", 1.25},
                   {"gradient norm", 0.5},
                   {"force error", 0.0},
                   {"fit", {0.1, 2.0, 2.0}},
                   {"history", {{0, 2.0, 1.0, 0.0, 12.0}}}};
  arrays.add<float>("map", rows, dims, coordinate);
  arrays.add<float>("velocity", rows, dims, [](GlobalIndex) { return 0.0; });
  arrays.add<float>("gains", rows, dims, [](GlobalIndex) { return 1.0; });
  arrays.add<std::int64_t>("input_row", rows, 1, place);
  arrays.write(path, facts);
}

/// The affinities that a run would have at the loop: from the stage that was kept, or made anew.
Prepared<float> prepared_of(FileRun& run, Checkpoint<float>& checkpoint) {
  if (std::optional<Prepared<float>> kept = checkpoint.kept_affinities()) {
    return std::move(*kept);
  }
  static_cast<void>(checkpoint.kept_rows());
  NeighborGraph graph;
  if (std::optional<Neighborhood<float>> kept = checkpoint.kept_neighborhood()) {
    graph = std::move(kept->graph);
  } else {
    graph.partition = RowPartition(rows, 1);
    graph.k = neighbors;
    for (GlobalIndex i = 0; i < rows * neighbors; ++i) {
      graph.neighbors.push_back(static_cast<CompactIndex>(neighbor(i)));
      graph.distances.push_back(1.0F);
    }
    for (GlobalIndex i = 0; i < rows; ++i) {
      graph.input_row.push_back(i);
    }
  }
  Prepared<float> prepared;
  prepared.input_row = graph.input_row;
  auto conditional =
      sparse_affinities<float>(run.comm, std::move(graph), fitted_to(run.config.affinity, run.plan.rows));
  prepared.joint = joint_affinities(run.comm, std::move(conditional));
  return prepared;
}

void resume(FileRun& run) {
  Checkpoint<float> checkpoint(run);
  Prepared<float> prepared = prepared_of(run, checkpoint);
  MovingMap<float> moving;
  moving.input_row = prepared.input_row;
  moving.map = Embedding<float>(RowPartition(rows, 1), 0, dims);
  LoopState<float> state(std::move(moving));
  const auto objective =
      make_objective<float>(run.comm, run.config.objective, std::move(prepared.joint), prepared.entropy);
  if (checkpoint.resume(state, *objective)) {
    require(state.moving.map.values.size() == static_cast<std::size_t>(rows * dims), "all points are there");
    CurrentMap<float> map(run.comm, state.moving.map);
    ObjectiveValue value;
    objective->evaluate(map, 1.0, true, value, run.timers);
  }
}

}  // namespace
}  // namespace distsne::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  Config config;
  config.objective.dims = fuzz::dims;
  config.objective.field = FieldKind::direct;
  config.affinity.kind = AffinityKind::uniform;
  config.verbosity = Verbosity::quiet;
  config.text = "perplexity=30\nmethod=tsne\ngraph=" + bytes.text(8) + "\n";
  Plan plan;
  plan.rows = fuzz::rows;
  plan.needs_rows = false;
  plan.neighbors = fuzz::neighbors;
  plan.checkpoint = fuzz::scratch("checkpoint");
  Progress progress(true, config.verbosity, "");
  const Prediction prediction;
  FileRun run(fuzz::alone(), config, plan, prediction, progress);
  const std::size_t which = bytes.below(4);
  if (which != 1) {
    fuzz::write_stage(bytes, run, plan.checkpoint + ".stages");
  }
  if (which != 2) {
    fuzz::write_loop(bytes, run, plan.checkpoint);
  }
  if (bytes.rarely()) {
    fuzz::write_loop(bytes, run, plan.checkpoint + ".previous");
  }
  fuzz::reads([&] { fuzz::resume(run); });
  Config anew = config;
  anew.restart = true;
  FileRun last(fuzz::alone(), anew, plan, prediction, progress);
  const Checkpoint<float> remove(last);
  return 0;
}
