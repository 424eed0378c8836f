/// Nanoseconds an edge of the attraction over sparse affinities, beside what the memory can bring.
#include <CLI/CLI.hpp>

#include "affinity/joint.hpp"
#include "affinity/sparse.hpp"
#include "base/parallel.hpp"
#include "bench/support/data.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "distsne/embed/initialization.hpp"
#include "embed/optimize.hpp"
#include "mpi/environment.hpp"
#include "mpi/processors.hpp"
#include "neighbors/neighbors.hpp"

namespace {

using namespace distsne;

/// The affinities of the nearest neighbors, and a map of them after some iterations, in the order that the loop keeps.
template <class Real>
void measure(const Communicator& comm, bench::Report& report, const std::string& name, LocalIndex k, LocalIndex dims,
             double gigabytes) {
  NeighborOptions options;
  options.k = k;
  options.recall = 0.9;
  auto graph = find_neighbors(comm, bench::make_data(comm, name), options).graph;
  const RowPartition partition = graph.partition;
  MovingMap<Real> moving;
  moving.input_row = graph.input_row;
  moving.map = initial_random<Real>(partition, comm.rank(), dims, 1e-4, 1);
  auto joint =
      joint_affinities(comm, sparse_affinities<Real>(comm, std::move(graph), {AffinityKind::uniform, {}, 1.0}));
  const auto edges = static_cast<double>(comm.sum(std::get<SparseRows<Real>>(joint.rows).begin.back()));
  ObjectiveOptions objective_options;
  objective_options.dims = dims;
  objective_options.field = FieldKind::grid;
  const auto objective = make_objective<Real>(comm, objective_options, std::move(joint), {});
  LoopState<Real> state(std::move(moving));
  const auto row = [&] {
    CurrentMap<Real> current(comm, state.moving.map);
    AttractionValues values;
    Timers timers;
    const double seconds = bench::least_seconds(10, [&] {
      comm.barrier();
      current.moved();
      objective->attraction().evaluate(current, false, values, timers);
      comm.barrier();
    });
    const double bytes = edges * (sizeof(CompactIndex) + sizeof(Real));
    const auto cores = static_cast<double>(comm.sum(std::int64_t{threads()}));
    report.row({{"data", name},
                {"k", k},
                {"dims", dims},
                {"type", sizeof(Real) == 4 ? "float" : "double"},
                {"iteration", state.iteration},
                {"edges", edges},
                {"ms", 1e3 * seconds},
                {"ns/edge/core", 1e9 * seconds * cores / edges},
                {"GB/s", bytes / seconds / 1e9},
                {"% of memory", 100.0 * bytes / seconds / 1e9 / gigabytes}});
  };
  row();  // in the order of the search
  ScheduleOptions schedule;
  schedule.schedule = Schedule::classic;
  schedule.iterations = 220;  // reordered after 50, 100 and 200
  schedule.exaggeration_iterations = 150;
  OptimizeOptions loop;
  loop.phases = phases_of(schedule, Method::tsne, partition.rows());
  Timers timers;
  optimize<Real>(comm, *objective, loop, state, timers, [](const IterationReport&) {});
  row();  // in the order of the map
}

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  const auto comm = Communicator::world();
  CLI::App app("Speed of the attraction over neighbors");
  std::string json;
  std::vector<std::string> data{"mixture:100000:20"};
  std::vector<LocalIndex> neighbors{15, 90};
  app.add_option("data", data, bench::data_names);
  app.add_option("--k", neighbors, "Neighbors of each row")->capture_default_str();
  app.add_option("--json", json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  set_threads(fitting_threads(comm));
  bench::Report report(comm, "attraction");
  comm.barrier();
  // Of all ranks on this machine together: they share its memory.
  const double gigabytes = bench::read_gigabytes() * comm.size();
  report.note("memory_read_gigabytes_per_second", gigabytes);
  for (const std::string& name : data) {
    for (const LocalIndex k : neighbors) {
      measure<float>(comm, report, name, k, 2, gigabytes);
    }
    measure<float>(comm, report, name, neighbors.back(), 1, gigabytes);
    measure<float>(comm, report, name, neighbors.back(), 3, gigabytes);
    measure<double>(comm, report, name, neighbors.back(), 2, gigabytes);
  }
  report.write(json);
  return 0;
}
