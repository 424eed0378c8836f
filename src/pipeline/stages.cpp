/// Reducing and neighbors, as the options say.
#include "pipeline/stages.hpp"

#include <fmt/format.h>

#include <numeric>

#include "distsne/base/instruction_set.hpp"
#include "distsne/base/parallel.hpp"
#include "pipeline/forecast.hpp"
#include "pipeline/preparation.hpp"
#include "pipeline/rounding.hpp"

namespace distsne {
void settle_ranks(const Communicator& comm, int threads) {
  std::uint64_t missing = ~static_cast<std::uint64_t>(supported_instruction_sets());
  comm.bit_or(std::span<std::uint64_t>(&missing, 1));
  restrict_instruction_sets(static_cast<std::int64_t>(~missing));
  set_threads(threads);
}

void begin(const Communicator& comm, const Config& config, const Plan& plan, const std::string& job,
           Progress& progress) {
  settle_ranks(comm, plan.threads);
  report_begin(comm, config, plan, job, progress);
}

Prediction foresee(const Communicator& comm, Job job, const Config& config, const Plan& plan) {
  Prediction prediction = predict_run(comm, job, config, plan, config.dry_run);
  if (config.dry_run && comm.is_root()) {
    print_prediction(config, plan.rows, prediction);
    std::fflush(stdout);
  }
  require_memory(comm, config, prediction);
  return prediction;
}

namespace {

RowTreatment treatment_of(const Run& run) { return treatment_of(run.config, run.plan.components); }

/// The rows of the input as they are.
template <class Real>
RawRows<Real> input_rows(Run& run) {
  return run.timed("read", [&] {
    RawRows<Real> raw = read_raw_rows<Real>(run.comm, run.plan.input, treatment_of(run));
    run.input_checksum = checksum_of(run.comm, raw);
    return raw;
  });
}

template <class Real>
std::string read_text(const Communicator& comm, const RawRows<Real>& raw) {
  std::string text = fmt::format("{} rows x {} columns", raw.rows(), raw.columns());
  if (const auto* sparse = std::get_if<SparseMatrix<Real>>(&raw.values)) {
    text += fmt::format(", {} of the values not zero", comm.sum(std::int64_t{std::ssize(sparse->values)}));
  }
  if (!raw.origin.empty()) {
    text += ", far from the origin: taken off a row amid them";
  }
  return text;
}

}  // namespace

template <class Real>
void note_input_checksum(Run& run) {
  static_cast<void>(input_rows<Real>(run));
}

template <class Real>
DistributedMatrix<Real> prepared_rows(Run& run, RunRecord& record) {
  RawRows<Real> raw = input_rows<Real>(run);
  run.done("read", read_text(run.comm, raw));
  Preparation found;
  DistributedMatrix<Real> x =
      run.timed("reduce", [&] { return prepare_rows<Real>(run.comm, std::move(raw), treatment_of(run), found); });
  if (found.axes.count > 0) {
    record.explained_variance = found.axes.explained_ratio();
    run.done("reduce", fmt::format("{} principal components, {:.1f} % of the variance", x.columns,
                                   100.0 * std::accumulate(record.explained_variance.begin(),
                                                           record.explained_variance.end(), 0.0)));
    record.axes = std::move(found.axes.axes);
    record.mean = std::move(found.axes.mean);
  }
  return x;
}

FoundNeighbors search_neighbors(Run& run, DistributedMatrix<float>&& x) {
  NeighborOptions options;
  options.search = run.config.neighbors == NeighborChoice::exact         ? NeighborSearch::exact
                   : run.config.neighbors == NeighborChoice::approximate ? NeighborSearch::approximate
                                                                         : NeighborSearch::automatic;
  options.k = run.plan.neighbors;
  options.recall = run.config.recall;
  options.seed = run.config.seed;
  const RowPartition partition = x.partition;
  const std::vector<float> magnitudes = rounded_magnitudes(x);
  FoundNeighbors found = run.timed("neighbors", [&] { return find_neighbors(run.comm, std::move(x), options); });
  const NeighborReport& report = found.report;
  run.done("neighbors", report.exact ? fmt::format("{} of each row, exact", options.k)
                                     : fmt::format("{} of each row, recall {:.4f} on {} rows", options.k, report.recall,
                                                   report.sampled));
  const GlobalIndex rounded = rows_with_rounded_distances(run.comm, partition, magnitudes, found.graph);
  if (rounded > 0) {
    run.progress.say(fmt::format(
        "note: {} rows lie so near their neighbors, for how large their values are, that float keeps fewer than two "
        "digits of the distances: take off what near rows have in common, or divide columns that dwarf the others",
        rounded));
  }
  run.progress.detail(fmt::format("  {} lists, {} of them probed for a row, {:.3g} distances a row", report.lists,
                                  report.probes, report.distances));
  return found;
}

template void note_input_checksum<float>(Run&);
template void note_input_checksum<double>(Run&);
template DistributedMatrix<float> prepared_rows(Run&, RunRecord&);
template DistributedMatrix<double> prepared_rows(Run&, RunRecord&);

}  // namespace distsne
