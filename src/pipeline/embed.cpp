/// The stages of the main job, one after the other.
#include "distsne/pipeline/embed.hpp"

#include <fmt/format.h>

#include "distsne/affinity/joint.hpp"
#include "distsne/base/instruction_set.hpp"
#include "distsne/base/parallel.hpp"
#include "distsne/base/version.hpp"
#include "distsne/embed/optimize.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/processors.hpp"
#include "distsne/pipeline/progress.hpp"
#include "distsne/reduce/pca.hpp"

namespace distsne {
namespace {

/// What is known before any number is read.
struct Plan {
  InputDescription input;
  InputDescription initial_map;  // of --init FILE
  int threads = 1;
};

const char* name_of(Method method) { return method == Method::sne ? "sne" : method == Method::ssne ? "ssne" : "tsne"; }

/// Everything that can be found wrong without computing.
Plan check(const Communicator& comm, const Config& config) {
  Plan plan;
  plan.input = describe_input(comm, config.input);
  require_embeddable(comm, plan.input);
  require_perplexity_fits(comm, config.affinity.perplexity, plan.input.rows);
  if (config.initialization.kind == InitialMap::file) {
    plan.initial_map = describe_input(comm, config.initial_map);
    require_everywhere(
        comm, plan.initial_map.rows == plan.input.rows && plan.initial_map.columns == config.dims,
        fmt::format("--init '{}', dataset '{}' is {} x {}: an initial map of {} rows in {} dimensions must be {} x {}",
                    plan.initial_map.path, plan.initial_map.dataset, plan.initial_map.rows, plan.initial_map.columns,
                    plan.input.rows, config.dims, plan.input.rows, config.dims));
  }
  require_writable(comm, config.output, plan.input.path);
  return plan;
}

/// The same SIMD loops on every rank, as different ones would give different bits.
void agree_on_instruction_set(const Communicator& comm) {
  std::uint64_t missing = ~static_cast<std::uint64_t>(supported_instruction_sets());
  comm.bit_or(std::span<std::uint64_t>(&missing, 1));
  restrict_instruction_sets(static_cast<std::int64_t>(~missing));
}

template <class Real>
Embedding<Real> initial_map(const Communicator& comm, const Config& config, const Plan& plan,
                            const DistributedMatrix<Real>& x) {
  const double spread = config.initialization.spread;
  switch (config.initialization.kind) {
    case InitialMap::file:
      return read_matrix<Real>(comm, plan.initial_map);
    case InitialMap::random:
      return initial_random<Real>(x.partition, comm.rank(), config.dims, spread, config.seed);
    case InitialMap::pca:
      break;
  }
  const PrincipalComponents components = principal_components(comm, x, config.dims);
  return initial_from_scores<Real>(comm, x.partition, principal_scores(x, components).values, components.count,
                                   config.dims, spread, config.seed);
}

template <class Real>
struct PreparedAffinities {
  JointAffinities<Real> joint;
  AffinityEntropy entropy;
};

template <class Real>
PreparedAffinities<Real> affinities(const Communicator& comm, const Config& config, const DistributedMatrix<Real>& x,
                                    Progress& progress) {
  ConditionalAffinities<Real> conditional = conditional_affinities(comm, x, config.affinity);
  if (conditional.perplexity_missed > 0) {
    progress.say(
        fmt::format("note: {} rows have more equally near neighbors than the perplexity {:g} (duplicate rows?); "
                    "their affinities are spread evenly over those",
                    conditional.perplexity_missed, config.affinity.perplexity));
  }
  PreparedAffinities<Real> result;
  result.entropy.conditional_p_log_p = conditional.sum_p_log_p;
  result.joint = joint_affinities(comm, std::move(conditional));
  result.entropy.joint_p_log_p = result.joint.sum_p_log_p;
  return result;
}

void show_table(Progress& progress, const RunRecord& record) {
  progress.detail(fmt::format("{:<16}{:>10}{:>10}{:>10}", "seconds", "min", "mean", "max"));
  for (const RankSummary& timing : record.timings) {
    progress.detail(fmt::format("{:<16}{:>10.3f}{:>10.3f}{:>10.3f}", timing.name, timing.min, timing.mean, timing.max));
  }
  progress.detail(fmt::format("peak memory per rank: {:.0f} to {:.0f} MB", record.peak_memory.min / 1e6,
                              record.peak_memory.max / 1e6));
}

template <class Real>
void run(const Communicator& comm, const Config& config, const Plan& plan, Progress& progress) {
  const double start = now_seconds();
  Timers timers;
  RunRecord record;
  const auto timed = [&timers](const char* phase, auto&& work) {
    const auto timer = timers.scope(phase);
    return work();
  };

  DistributedMatrix<Real> x = timed("read", [&] { return read_matrix<Real>(comm, plan.input); });
  Embedding<Real> map = timed("initial map", [&] { return initial_map(comm, config, plan, x); });
  const auto prepared = timed("affinities", [&] { return affinities(comm, config, x, progress); });
  x = {};
  progress.detail(fmt::format("affinities ready after {:.1f} s", now_seconds() - start));

  const auto objective = make_objective<Real>(config.method, config.tail, comm, prepared.joint, prepared.entropy);
  OptimizeOptions options;
  options.phases = phases_of(config.schedule, config.method, plan.input.rows);
  options.optimizer = config.schedule.optimizer;
  options.measure_every = config.measure_every;
  record.history = timed("iterations", [&] {
    return optimize(comm, *objective, options, map, timers,
                    [&progress](const IterationReport& report) { progress.iteration(report); });
  });

  record.timings = summarize(comm, timers);
  record.peak_memory = summarize(comm, "peak memory", peak_memory_bytes());
  record.config = config.text;
  record.method = name_of(config.method);
  record.input = plan.input.path + ":" + plan.input.dataset;
  record.instruction_set = instruction_set();
  record.seed = config.seed;
  record.ranks = comm.size();
  record.threads = static_cast<int>(comm.max(std::int64_t{plan.threads}));
  write_result(comm, config.output, map, plan.input, record);
  show_table(progress, record);
  progress.say(fmt::format("{} rows in {} dimensions written to {} after {:.1f} s, KL {:.4f}", map.rows(), config.dims,
                           config.output, now_seconds() - start, record.history.back().kl));
}

}  // namespace

void embed(const Communicator& comm, const Config& config) {
  Progress progress(comm.is_root(), config.verbosity);
  Plan plan = check(comm, config);
  agree_on_instruction_set(comm);
  plan.threads = config.threads > 0 ? config.threads : fitting_threads(comm);
  set_threads(plan.threads);
  progress.say(fmt::format("distsne {}: {} of {} rows x {} columns, {} rank{} x {} thread{}, {}", version(),
                           name_of(config.method), plan.input.rows, plan.input.columns, comm.size(),
                           comm.size() == 1 ? "" : "s", plan.threads, plan.threads == 1 ? "" : "s", instruction_set()));
  if (config.precision == Precision::single) {
    run<float>(comm, config, plan, progress);
  } else {
    run<double>(comm, config, plan, progress);
  }
}

}  // namespace distsne
