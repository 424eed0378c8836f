/// Pairs per second of the direct field for each kernel, number of dimensions and precision, on one thread and on all.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "field/direct_field.hpp"
#include "mpi/environment.hpp"

namespace {

using namespace distsne;

struct NamedKernel {
  const char* name;
  Kernel kernel;
};

/// Floating-point operations of a pair as one counts them by hand for the Student kernel: a difference, a multiply-add
/// and a multiply-add of the force for each dimension, the reciprocal with its Newton step, a square, a sum.
double flops(int dims) { return 5.0 * dims + 4.0; }

template <class Real>
void measure(bench::Report& report, GlobalIndex rows, double peak, int all_threads) {
  for (const auto& [name, kernel] :
       {NamedKernel{"t", {KernelShape::student_t, 1.0}}, NamedKernel{"t, tail 0.5", {KernelShape::student_t, 0.5}},
        NamedKernel{"Gaussian", {KernelShape::gaussian, 1.0}}}) {
    for (const LocalIndex dims : {1, 2, 3}) {
      Embedding<Real> map(RowPartition(rows, 1), 0, dims);
      const CounterRandom random(1);
      for (std::size_t i = 0; i < map.values.size(); ++i) {
        map.values[i] = static_cast<Real>(10.0 * random.normal(static_cast<GlobalIndex>(i), 0));
      }
      const auto comm = Communicator::self();
      CurrentMap<Real> current(comm, map);
      FieldValues values;
      Timers timers;
      DirectField<Real> field(kernel);
      const auto seconds = [&](int threads) {
        set_threads(threads);
        return bench::least_seconds(3, [&] { field.evaluate(current, false, {}, values, timers); });
      };
      const double pairs = static_cast<double>(rows) * static_cast<double>(rows);
      const double one = seconds(1);
      const double all = seconds(all_threads);
      report.row({{"kernel", name},
                  {"dims", dims},
                  {"type", sizeof(Real) == 4 ? "float" : "double"},
                  {"Gpairs/s, 1", pairs / one / 1e9},
                  {"% of peak", 100.0 * pairs * flops(dims) / one / 1e9 / peak},
                  {"Gpairs/s, all", pairs / all / 1e9},
                  {"speed-up", one / all}});
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  CLI::App app("Speed of the direct field beside the machine's multiply-add rate");
  std::string json;
  GlobalIndex rows = 20000;
  app.add_option("--json", json, "Write the figures to this file");
  app.add_option("--rows", rows, "Points of the map")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const int all_threads = threads();
  bench::Report report(Communicator::world(), "field");
  const double single = bench::fma_gflops(true);
  const double full = bench::fma_gflops(false);
  report.note("fma_gflops_float_one_core", single);
  report.note("fma_gflops_double_one_core", full);
  report.note("rows", rows);
  measure<float>(report, rows, single, all_threads);
  measure<double>(report, rows, full, all_threads);
  report.write(json);
  return 0;
}
