/// The neighbor search: seconds, distances and recall, beside the machine's multiply-add rate.
#include <CLI/CLI.hpp>

#include "base/memory.hpp"
#include "base/parallel.hpp"
#include "bench/support/data.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "mpi/environment.hpp"
#include "mpi/processors.hpp"
#include "neighbors/neighbors.hpp"

int main(int argc, char** argv) {
  using namespace distsne;
  const MpiEnvironment environment(argc, argv);
  const auto comm = Communicator::world();
  CLI::App app("Speed and recall of the neighbor search");
  std::string json;
  std::vector<std::string> data{"mixture:100000:50"};
  std::vector<double> recalls{0.95};
  LocalIndex k = 90;
  bool exact = false;
  app.add_option("data", data, bench::data_names);
  app.add_option("--k", k, "Neighbors of each row")->capture_default_str();
  app.add_option("--recall", recalls, "Recall that is aimed at");
  app.add_flag("--exact", exact, "Search exactly, too");
  app.add_option("--json", json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  set_threads(fitting_threads(comm));
  bench::Report report(comm, "neighbors");
  const double peak = bench::fma_gflops(true);
  report.note("fma_gflops_float_one_core", peak);
  for (const std::string& name : data) {
    const auto x = bench::make_data(comm, name);
    const auto measure = [&](const NeighborOptions& options) {
      auto copy = x;
      comm.barrier();
      const double start = now_seconds();
      const auto found = find_neighbors(comm, std::move(copy), options);
      const double seconds = comm.max(now_seconds() - start);
      const double flops = 2.0 * found.report.distances * static_cast<double>(x.rows()) * x.columns;
      report.row({{"data", name},
                  {"k", k},
                  {"aim", found.report.exact ? 1.0 : options.recall},
                  {"recall", found.report.recall},
                  {"lists", found.report.lists},
                  {"probes", found.report.probes},
                  {"distances/row", found.report.distances},
                  {"seconds", seconds},
                  {"% of peak", 100.0 * flops / seconds / 1e9 / (peak * comm.size() * threads())},
                  {"peak MB", comm.max(peak_memory_bytes()) / 1e6}});
    };
    for (const double recall : recalls) {
      measure({NeighborSearch::approximate, k, recall, 42});
    }
    if (exact) {
      measure({NeighborSearch::exact, k, 1.0, 42});
    }
  }
  report.write(json);
  return 0;
}
