/// Nanoseconds an edge of the attraction over sparse affinities, beside what the memory can bring.
#include <CLI/CLI.hpp>

#include "bench/support/data.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "distsne/affinity/joint.hpp"
#include "distsne/affinity/sparse.hpp"
#include "distsne/base/parallel.hpp"
#include "distsne/base/random.hpp"
#include "distsne/embed/attraction.hpp"
#include "distsne/embed/reorder.hpp"
#include "distsne/mpi/environment.hpp"
#include "distsne/mpi/processors.hpp"
#include "distsne/neighbors/neighbors.hpp"

namespace {

using namespace distsne;

/// A map on which neighbors lie near each other, as they do late in a run: rows along a curve through the plane in the
/// order in which the search leaves them, with some noise.
template <class Real>
Embedding<Real> plausible_map(const RowPartition& partition, Rank rank, LocalIndex dims) {
  Embedding<Real> map(partition, rank, dims);
  const CounterRandom random(5);
  const double side = std::sqrt(static_cast<double>(partition.rows()));
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    const GlobalIndex row = map.first_row() + i;
    const double turn = std::floor(static_cast<double>(row) / side);
    const double along = static_cast<double>(row) - turn * side;
    for (LocalIndex m = 0; m < dims; ++m) {
      const double place = m == 0 ? turn : m == 1 ? along : 0.0;
      map.row(i)[static_cast<std::size_t>(m)] =
          static_cast<Real>(0.5 * place + 3.0 * random.normal(row, static_cast<std::uint32_t>(m)));
    }
  }
  return map;
}

template <class Real>
void measure(const Communicator& comm, bench::Report& report, const std::string& name, LocalIndex k, LocalIndex dims,
             double gigabytes) {
  NeighborOptions options;
  options.k = k;
  options.recall = 0.9;
  auto graph = find_neighbors(comm, bench::make_data(comm, name), options).graph;
  const RowPartition partition = graph.partition;
  auto joint =
      joint_affinities(comm, sparse_affinities<Real>(comm, std::move(graph), {AffinityKind::uniform, {}, 1.0}));
  const auto edges = std::get<SparseRows<Real>>(joint.rows).values.size();
  const auto attraction = make_attraction<Real>(comm, {KernelShape::student_t, 1.0}, std::move(joint.rows));
  Embedding<Real> map = plausible_map<Real>(partition, comm.rank(), dims);
  const auto row = [&](const char* order) {
    CurrentMap<Real> current(comm, map);
    AttractionValues values;
    Timers timers;
    const double seconds = bench::least_seconds(10, [&] {
      comm.barrier();
      current.moved();
      attraction->evaluate(current, false, values, timers);
      comm.barrier();
    });
    const double all_edges = static_cast<double>(comm.sum(static_cast<std::int64_t>(edges)));
    const double bytes = all_edges * (sizeof(CompactIndex) + sizeof(Real));
    const double threads_in_all = static_cast<double>(comm.sum(std::int64_t{threads()}));
    report.row({{"data", name},
                {"k", k},
                {"dims", dims},
                {"type", sizeof(Real) == 4 ? "float" : "double"},
                {"order", order},
                {"edges", all_edges},
                {"ms", 1e3 * seconds},
                {"ns/edge/core", 1e9 * seconds * threads_in_all / all_edges},
                {"GB/s", bytes / seconds / 1e9},
                {"% of memory", 100.0 * bytes / seconds / 1e9 / gigabytes}});
  };
  row("of the search");
  const std::vector<GlobalIndex> place = places_along_map(comm, map);
  const RowExchange plan = RowExchange::deliver(comm, partition, place);
  attraction->reorder(comm, place, plan);
  Embedding<Real> moved(partition, comm.rank(), dims);
  plan.move(comm, std::span<const Real>(map.values), static_cast<std::size_t>(dims), std::span<Real>(moved.values));
  map = std::move(moved);
  row("of the map");
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
