/// The grid field: time of each step, and the error of the force against the nodes' distance and the splines' order.
#include <CLI/CLI.hpp>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "field/grid_field.hpp"
#include "mpi/environment.hpp"
#include "mpi/processors.hpp"

namespace {

using namespace distsne;

/// Points in clusters over a square or cube, about as a late map has them.
template <class Real>
Embedding<Real> clustered(const Communicator& comm, GlobalIndex rows, LocalIndex dims, double width) {
  Embedding<Real> map(RowPartition(rows, comm.size()), comm.rank(), dims);
  const CounterRandom random(9);
  parallel_for(map.local_rows(), [&](std::int64_t index) {
    const auto i = static_cast<LocalIndex>(index);
    // Rows are in the order of their clusters, as they are in a run.
    const GlobalIndex row = map.first_row() + i;
    const GlobalIndex cluster = row * 200 / rows;
    for (LocalIndex m = 0; m < dims; ++m) {
      const auto column = static_cast<std::uint32_t>(m);
      map.row(i)[static_cast<std::size_t>(m)] =
          static_cast<Real>(width * random.uniform(-1 - cluster, column) + 0.03 * width * random.normal(row, column));
    }
  });
  return map;
}

template <class Real>
void measure(const Communicator& comm, bench::Report& report, GlobalIndex rows, LocalIndex dims, double width,
             Kernel kernel, const std::vector<double>& accuracies) {
  const Embedding<Real> map = clustered<Real>(comm, rows, dims, width);
  for (const double accuracy : accuracies) {
    GridField<Real> field(comm, kernel, {accuracy});
    CurrentMap<Real> current(comm, map);
    FieldValues values;
    Timers fitting;
    const double error = field.calibrate(current, fitting);
    field.evaluate(current, false, {}, values, fitting);
    constexpr int repetitions = 10;
    Timers timers;
    comm.barrier();
    const double start = now_seconds();
    for (int i = 0; i < repetitions; ++i) {
      field.evaluate(current, false, {}, values, timers);
    }
    const double seconds = comm.max(now_seconds() - start) / repetitions;
    const auto ms = [&](const char* step) { return 1e3 * comm.max(timers.seconds(step)) / repetitions; };
    report.row({{"kernel", kernel.shape == KernelShape::gaussian ? "Gaussian" : "t"},
                {"tail", kernel.tail},
                {"dims", dims},
                {"type", sizeof(Real) == 4 ? "float" : "double"},
                {"rows", rows},
                {"width", width},
                {"accuracy", accuracy},
                {"order", field.spline_order()},
                {"step", field.fit().step},
                {"error", error},
                {"spread ms", ms("spread")},
                {"exchange ms", ms("grid exchange")},
                {"transform ms", ms("transform")},
                {"gather ms", ms("gather")},
                {"ms", 1e3 * seconds},
                {"ns/point/core",
                 1e9 * seconds * static_cast<double>(comm.sum(std::int64_t{threads()})) / static_cast<double>(rows)}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  const auto comm = Communicator::world();
  CLI::App app("Speed and accuracy of the grid field");
  std::string json;
  GlobalIndex rows = 70000;
  std::vector<double> accuracies{3e-2, 1e-2, 1e-3, 1e-4};
  app.add_option("--rows", rows, "Points of the maps")->capture_default_str();
  app.add_option("--accuracy", accuracies, "Relative errors of the force to aim at")->capture_default_str();
  app.add_option("--json", json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  set_threads(fitting_threads(comm));
  bench::Report report(comm, "grid");
  report.note("fma_gflops_float_one_core", bench::fma_gflops(true));
  const Kernel student{KernelShape::student_t, 1.0};
  for (const double width : {50.0, 190.0}) {
    measure<float>(comm, report, rows, 2, width, student, accuracies);
  }
  const std::vector<double> usual{accuracies.size() > 1 ? accuracies[1] : accuracies[0]};
  measure<double>(comm, report, rows, 2, 190.0, student, usual);
  measure<float>(comm, report, rows, 2, 190.0, {KernelShape::student_t, 0.5}, usual);
  measure<float>(comm, report, rows, 2, 190.0, {KernelShape::gaussian, 1.0}, usual);
  measure<float>(comm, report, rows, 1, 2000.0, student, usual);
  measure<float>(comm, report, rows, 3, 40.0, student, usual);
  report.write(json);
  return 0;
}
