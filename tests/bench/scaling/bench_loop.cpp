/// The program's own loop over a synthetic map and graph: what each rank sends in an iteration, by stage, and the time.
/// Built with the machine's MPI, and with SimGrid's, which runs hundreds of ranks in one process (build_simulated.sh).
#undef exit  // a macro of SimGrid, and the name of a function of CLI11
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/memory.hpp"
#include "base/parallel.hpp"
#include "bench/scaling/patch.hpp"
#include "distsne/mpi/summary.hpp"
#include "embed/optimize.hpp"
#include "field/grid_field.hpp"
#include "mpi/environment.hpp"

namespace {

using namespace distsne;

/// What a rank did in a phase up to some moment.
struct Mark {
  std::map<std::string, double> seconds;
  std::map<std::string, Traffic> sent;
  Traffic all;
  double time = 0.0;

  explicit Mark(const Timers& timers)
      : seconds(timers.seconds()), sent(timers.sent()), all(traffic()), time(now_seconds()) {}
};

/// Mean and largest over the ranks.
nlohmann::ordered_json over_ranks(const Communicator& comm, double value) {
  const RankSummary summary = summarize(comm, "", value);
  return {{"mean", summary.mean}, {"max", summary.max}};
}

nlohmann::ordered_json figures(const Communicator& comm, const Traffic& sent, double seconds, int iterations) {
  const auto each = [&](std::uint64_t count) { return static_cast<double>(count) / iterations; };
  return {{"bytes", over_ranks(comm, each(sent.bytes - sent.collective_bytes))},
          {"messages", over_ranks(comm, each(sent.messages - sent.collectives))},
          {"collective_bytes", over_ranks(comm, each(sent.collective_bytes))},
          {"collectives", over_ranks(comm, each(sent.collectives))},
          {"milliseconds", over_ranks(comm, 1e3 * seconds / iterations)}};
}

void print_row(const std::string& stage, const nlohmann::ordered_json& row) {
  const auto value = [&](const char* figure, const char* of) { return row[figure][of].get<double>(); };
  std::printf("%-16s %11.0f %11.0f %9.1f %9.1f %9.0f %6.1f %11.4f\n", stage.c_str(), value("bytes", "mean"),
              value("bytes", "max"), value("messages", "mean"), value("messages", "max"),
              value("collective_bytes", "mean"), value("collectives", "mean"), value("milliseconds", "max"));
}

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  const auto comm = Communicator::world();
  CLI::App app("What the ranks send to each other in an iteration");
  std::string json;
  GlobalIndex rows_per_rank = 1000;
  int iterations = 3;
  bench::Patch patch;
  double step = 1.0 / 3.0;  // where an accuracy of 1e-2 leads to on this map
  patch.width = 0.0;
  app.add_option("--rows-per-rank", rows_per_rank, "Points of each rank")->capture_default_str();
  app.add_option("--edges", patch.edges, "Edges of each point")->capture_default_str();
  app.add_option("--far", patch.far_share, "Share of edges that lead anywhere")->capture_default_str();
  app.add_option("--width", patch.width, "Width of the map; 0: as maps of so many rows have it")->capture_default_str();
  app.add_option("--step", step, "Distance of the grid's nodes")->capture_default_str();
  app.add_option("--iterations", iterations, "Iterations that count")->capture_default_str();
  app.add_option("--json", json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  set_threads(1);
  patch.rows = rows_per_rank * comm.size();
  if (patch.width == 0.0) {
    patch.width = 170.0 * std::pow(static_cast<double>(patch.rows) / 70000.0, 0.19);
  }

  MovingMap<float> moving{bench::patch_map(comm, patch), {}};
  moving.input_row.resize(static_cast<std::size_t>(moving.map.local_rows()));
  std::iota(moving.input_row.begin(), moving.input_row.end(), moving.map.first_row());
  ObjectiveOptions options;
  options.field = FieldKind::grid;
  const auto objective = make_objective<float>(comm, options, {bench::patch_affinities(comm, patch), 0.0}, {});
  // As if the grid had been fitted in an iteration before, so that what is timed is what nearly all iterations do.
  objective->field().set_fit({step, patch.width, patch.width});
  OptimizeOptions loop;
  loop.phases = {Phase("", iterations + 2, Step{1.0, 0.0, 0.0})};  // a learning rate of 0: the map stays as it is
  loop.reorder = false;
  loop.calibrate_every = loop.measure_every = loop.pace.check_every = iterations + 3;
  LoopState<float> state(std::move(moving));
  state.iteration = 1;
  Timers timers;
  std::unique_ptr<Mark> start;  // after the first iteration, in which the grid is made
  const auto after_update = [&] {
    if (!start) {
      comm.barrier();
      start = std::make_unique<Mark>(timers);
    }
    return state.iteration == iterations + 2;
  };
  optimize<float>(
      comm, *objective, loop, state, timers, [](const IterationReport&) {}, after_update);
  const Mark end(timers);

  auto& field = dynamic_cast<GridField<float>&>(objective->field());
  nlohmann::ordered_json report{
      {"benchmark", "loop"},      {"ranks", comm.size()},          {"rows", patch.rows},
      {"edges", patch.edges},     {"far_share", patch.far_share},  {"width", patch.width},
      {"step", field.fit().step}, {"order", field.spline_order()}, {"iterations", iterations}};
  nlohmann::ordered_json stages;
  for (const auto& [stage, seconds] : end.seconds) {
    stages[stage] = figures(comm, end.sent.at(stage) - start->sent[stage], seconds - start->seconds[stage], iterations);
  }
  stages["iteration"] = figures(comm, end.all - start->all, end.time - start->time, iterations);
  report["stages"] = stages;
  report["peak_memory_bytes"] = over_ranks(comm, peak_memory_bytes());
  if (comm.is_root()) {
    std::printf("%d ranks, %lld rows, width %.0f, step %.3f: of a rank in an iteration\n", comm.size(),
                static_cast<long long>(patch.rows), patch.width, field.fit().step);
    std::printf("%-16s %11s %11s %9s %9s %9s %6s %11s\n", "stage", "bytes", "most", "messages", "most", "coll. b",
                "calls", "ms (most)");
    for (const auto& [stage, row] : stages.items()) {
      print_row(stage, row);
    }
    if (!json.empty()) {
      std::ofstream(json) << report.dump(1) << '\n';
    }
  }
  return 0;
}
