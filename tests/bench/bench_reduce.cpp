/// Time of each part of the reduction to principal components, beside the machine's multiply-add rate in double.
#include <CLI/CLI.hpp>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "bench/support/machine.hpp"
#include "bench/support/report.hpp"
#include "distsne/reduce/metric.hpp"
#include "io/input.hpp"
#include "mpi/environment.hpp"
#include "reduce/covariance_eigenvectors.hpp"
#include "reduce/covariance_product.hpp"
#include "reduce/pca.hpp"

namespace {

using namespace distsne;

struct Options {
  std::string input;
  std::string json;
  GlobalIndex rows = 70000;
  LocalIndex columns = 784;
  LocalIndex count = 50;
  GlobalIndex wide_rows = 2000;
  LocalIndex wide_columns = 20000;
  int repetitions = 5;
};

/// Independent columns whose deviations fall as 1, 1/2, 1/3, ...
DistributedMatrix<float> falling_noise(const Communicator& comm, GlobalIndex rows, LocalIndex columns) {
  DistributedMatrix<float> x(RowPartition(rows, comm.size()), comm.rank(), columns);
  const CounterRandom random(1);
  parallel_for(x.local_rows(), [&](std::int64_t i) {
    const auto row = x.row(static_cast<LocalIndex>(i));
    for (std::size_t k = 0; k < row.size(); ++k) {
      row[k] = static_cast<float>((random.uniform(x.first_row() + i, static_cast<std::uint32_t>(k)) - 0.5) /
                                  (1.0 + static_cast<double>(k)));
    }
  });
  return x;
}

class Measurement {
 public:
  Measurement(const Communicator& comm, bench::Report& report, int repetitions)
      : comm_(comm), report_(report), repetitions_(repetitions) {
    const double one_core = bench::fma_gflops(false);
    peak_ = one_core * static_cast<double>(comm.sum(std::int64_t{threads()}));
    report.note("fma_gflops_double_one_core", one_core);
    report.note("fma_gflops_double_all", peak_);
  }

  /// A row of the table; `flops` is what the part takes on all ranks, 0 where another measure would be needed.
  template <class Work>
  void row(const std::string& part, double flops, const Work& work) {
    const double seconds = bench::least_seconds(repetitions_, [&] {
      comm_.barrier();
      work();
      comm_.barrier();
    });
    const double rate = flops / seconds / 1e9;
    report_.row({{"part", part},
                 {"ms", 1e3 * seconds},
                 {"GFLOP/s", flops > 0.0 ? nlohmann::json(rate) : nlohmann::json()},
                 {"% of peak", flops > 0.0 ? nlohmann::json(100.0 * rate / peak_) : nlohmann::json()}});
  }

 private:
  const Communicator& comm_;
  bench::Report& report_;
  int repetitions_;
  double peak_ = 0.0;
};

void measure_parts(const Communicator& comm, const Options& options, bench::Report& report, Measurement& measurement) {
  const auto x = options.input.empty()
                     ? falling_noise(comm, options.rows, options.columns)
                     : read_matrix<float>(comm, describe_input(comm, InputOptions{options.input, ""}));
  report.note("rows", x.rows());
  report.note("columns", x.columns);
  report.note("components", options.count);
  const auto rows = static_cast<double>(x.rows());
  const auto columns = static_cast<double>(x.columns);
  const auto count = static_cast<std::size_t>(std::min(options.count, x.columns));

  if (x.columns <= most_covariance_columns) {
    measurement.row("ranges", 0.0, [&] { column_units(comm, x); });
    CovarianceSums sums;
    measurement.row("covariance", rows * columns * (columns + 1.0), [&] { sums = covariance_sums(comm, x); });
    Eigenvectors found;
    measurement.row("eigenvectors", 0.0, [&] { found = covariance_eigenvectors(comm, sums, count); });
    report.note("products_for_eigenvectors", found.products);
    if (x.columns <= 1000) {
      measurement.row("eigenvectors, full", 0.0, [&] { eigenvectors_by_decomposition(comm, sums, count); });
    }
  }
  PrincipalComponents components;
  measurement.row("components", 0.0, [&] { components = principal_components(comm, x, options.count); });
  measurement.row("scores", 2.0 * rows * columns * static_cast<double>(count),
                  [&] { principal_scores<float>(comm, x, components); });
  measurement.row("components, scores", 0.0, [&] {
    components = principal_components(comm, x, options.count);
    principal_scores<float>(comm, x, components);
  });
  auto prepared = x;
  measurement.row("correlation rows", 0.0, [&] { prepare_metric(comm, prepared, Metric::correlation); });
  double explained = 0.0;
  for (const double share : components.explained_ratio()) {
    explained += share;
  }
  report.note("explained", explained);
}

/// One product with the covariance of many columns, which the components of such data are made of.
void measure_wide(const Communicator& comm, const Options& options, bench::Report& report, Measurement& measurement) {
  const auto x = falling_noise(comm, options.wide_rows, options.wide_columns);
  report.note("wide_rows", x.rows());
  report.note("wide_columns", x.columns);
  CovarianceProduct<float> product(comm, x);
  const auto width = static_cast<std::size_t>(options.count) + 10;
  Block in(static_cast<std::size_t>(x.columns), width);
  for (std::size_t k = 0; k < in.rows; ++k) {
    in.row(k)[k % width] = 1.0;
  }
  Block out = in;
  measurement.row("wide product",
                  4.0 * static_cast<double>(x.rows()) * static_cast<double>(x.columns) * static_cast<double>(width),
                  [&] { product(in, out); });
  measurement.row("wide components", 0.0, [&] { principal_components(comm, x, options.count); });
}

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  CLI::App app("Speed of the reduction to principal components");
  Options options;
  app.add_option("--input", options.input, "HDF5 file with the rows; otherwise noise of --rows x --columns");
  app.add_option("--rows", options.rows)->capture_default_str();
  app.add_option("--columns", options.columns)->capture_default_str();
  app.add_option("--components", options.count)->capture_default_str();
  app.add_option("--wide-rows", options.wide_rows, "Rows of the data with many columns; 0: leave them out")
      ->capture_default_str();
  app.add_option("--wide-columns", options.wide_columns)->capture_default_str();
  app.add_option("--repetitions", options.repetitions, "Calls of which the fastest counts")->capture_default_str();
  app.add_option("--json", options.json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  const auto comm = Communicator::world();
  bench::Report report(comm, "reduce");
  Measurement measurement(comm, report, options.repetitions);
  measure_parts(comm, options, report, measurement);
  if (options.wide_rows > 0) {
    measure_wide(comm, options, report, measurement);
  }
  report.write(options.json);
  return 0;
}
