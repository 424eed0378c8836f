/// Reducing and neighbors, as the options say.
#include "pipeline/stages.hpp"

#include <fmt/format.h>

#include <numeric>

#include "distsne/base/instruction_set.hpp"
#include "distsne/base/parallel.hpp"
#include "distsne/io/saved_file.hpp"
#include "distsne/reduce/metric.hpp"
#include "distsne/reduce/pca.hpp"
#include "distsne/reduce/preprocess.hpp"
#include "distsne/reduce/sparse.hpp"
#include "pipeline/forecast.hpp"

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

/// Notes the checksum of what was read of the input; 0 stands for nothing.
template <class Real>
void note_input(Run& run, std::span<const Real> values, GlobalIndex first) {
  const auto all = static_cast<std::uint64_t>(run.comm.sum(static_cast<std::int64_t>(checksum(values, first))));
  run.input_checksum = all == 0 ? 1 : all;
}

void say_reduced(Run& run, RunRecord& record, LocalIndex columns) {
  run.done("reduce", fmt::format("{} principal components, {:.1f} % of the variance", columns,
                                 100.0 * std::accumulate(record.explained_variance.begin(),
                                                         record.explained_variance.end(), 0.0)));
}

/// The rows of the input as they are.
template <class Real>
DistributedMatrix<Real> input_rows(Run& run) {
  return run.timed("read", [&] {
    DistributedMatrix<Real> x =
        read_matrix<Real>(run.comm, run.plan.input, origin_for(run.config.metric, run.config.preprocess));
    note_input(run, std::span<const Real>(x.values), x.first_row() * x.columns);
    return x;
  });
}

template <class Real>
SparseMatrix<Real> sparse_input_rows(Run& run) {
  return run.timed("read", [&] {
    SparseMatrix<Real> x = read_sparse_matrix<Real>(run.comm, run.plan.input);
    std::int64_t before = std::ssize(x.values);
    run.comm.exclusive_sum(std::span(&before, 1));
    note_input(run, std::span<const Real>(x.values), before);
    return x;
  });
}

/// Whether rows stay sparse until they are scores along principal axes.
bool stays_sparse(const Plan& plan) { return plan.input.sparse() && plan.components > 0; }

template <class Real>
DistributedMatrix<Real> reduced_sparse_rows(Run& run, RunRecord& record) {
  SparseMatrix<Real> x = sparse_input_rows<Real>(run);
  const GlobalIndex entries = run.comm.sum(std::int64_t{std::ssize(x.values)});
  run.done("read", fmt::format("{} rows x {} columns, {} of the values not zero", x.rows(), x.columns, entries));
  DistributedMatrix<Real> scores = run.timed("reduce", [&] {
    preprocess(run.comm, x, run.config.preprocess);
    prepare_metric(run.comm, x, run.config.metric);
    const PrincipalComponents components = principal_components(run.comm, x, run.plan.components);
    record.explained_variance = components.explained_ratio();
    return principal_scores(run.comm, x, components);
  });
  say_reduced(run, record, scores.columns);
  return scores;
}

}  // namespace

template <class Real>
void note_input_checksum(Run& run) {
  if (stays_sparse(run.plan)) {
    static_cast<void>(sparse_input_rows<Real>(run));
  } else {
    static_cast<void>(input_rows<Real>(run));
  }
}

template <class Real>
DistributedMatrix<Real> prepared_rows(Run& run, RunRecord& record) {
  if (stays_sparse(run.plan)) {
    return reduced_sparse_rows<Real>(run, record);
  }
  DistributedMatrix<Real> x = input_rows<Real>(run);
  run.done("read", fmt::format("{} rows x {} columns", x.rows(), x.columns));
  run.timed("reduce", [&] {
    preprocess(run.comm, x, run.config.preprocess);
    prepare_metric(run.comm, x, run.config.metric);
  });
  if (run.plan.components == 0) {
    return x;
  }
  x = run.timed("reduce", [&] {
    const PrincipalComponents components = principal_components(run.comm, x, run.plan.components);
    record.explained_variance = components.explained_ratio();
    record.axes = components.axes;
    record.mean = components.mean;
    return principal_scores<Real>(run.comm, x, components);
  });
  say_reduced(run, record, x.columns);
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
  FoundNeighbors found = run.timed("neighbors", [&] { return find_neighbors(run.comm, std::move(x), options); });
  const NeighborReport& report = found.report;
  run.done("neighbors", report.exact ? fmt::format("{} of each row, exact", options.k)
                                     : fmt::format("{} of each row, recall {:.4f} on {} rows", options.k, report.recall,
                                                   report.sampled));
  run.progress.detail(fmt::format("  {} lists, {} of them probed for a row, {:.3g} distances a row", report.lists,
                                  report.probes, report.distances));
  return found;
}

template void note_input_checksum<float>(Run&);
template void note_input_checksum<double>(Run&);
template DistributedMatrix<float> prepared_rows(Run&, RunRecord&);
template DistributedMatrix<double> prepared_rows(Run&, RunRecord&);

}  // namespace distsne
