/// Saying what a run will take, and refusing what does not fit.
#include "pipeline/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/memory.hpp"
#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "pipeline/forecast.hpp"
#include "pipeline/machine.hpp"
#include "pipeline/progress.hpp"

namespace distsne {
namespace {

constexpr double worth_measuring = 5.0;  // seconds of a run

std::string readable_bytes(double bytes) {
  return bytes >= 1e10  ? fmt::format("{:.0f} GB", bytes / 1e9)
         : bytes >= 1e9 ? fmt::format("{:.1f} GB", bytes / 1e9)
                        : fmt::format("{:.0f} MB", bytes / 1e6);
}

/// What a batch job should ask for: some more than the prediction.
std::string request_of(const Workplace& place, const Prediction& prediction) {
  const double minutes = std::max(5.0, std::ceil(2.0 * prediction.seconds / 60.0));
  const double megabytes = std::ceil(1.3 * prediction.memory / place.threads / 0x1p20);
  return fmt::format("sbatch --nodes={} --ntasks-per-node={} --cpus-per-task={} --mem-per-cpu={:.0f}M --time={:.0f}",
                     place.hosts, place.ranks_per_host(), place.threads, megabytes, minutes);
}

void require_enough(const Communicator& comm, const Prediction& prediction, int ranks, double limit) {
  const double needed = prediction.memory * ranks;
  require_everywhere(
      comm, needed <= limit,
      fmt::format("the run is predicted to take {} on a host ({} of {}, most of it for '{}'), and may take {} there: "
                  "spread the ranks over more hosts, use fewer rows, neighbors (--affinity uniform) or columns, or "
                  "allow more with --memory",
                  readable_bytes(needed), counted(ranks, "rank"), readable_bytes(prediction.memory), prediction.fullest,
                  readable_bytes(limit)));
}

}  // namespace

Prediction predict_run(const Communicator& comm, Job job, const Config& config, const Plan& plan, bool always) {
  Workplace place;
  place.ranks = comm.size();
  place.threads = static_cast<int>(comm.max(std::int64_t{plan.threads}));
  place.hosts = static_cast<int>(host_names(comm).size());
  place.cores_of_host = static_cast<int>(comm.max(std::int64_t{cores_of_node(comm)}));
  Prediction first = predict(job, config, plan, place);
  if (!always && first.seconds < worth_measuring) {
    return first;
  }
  place.rates = measure_machine(comm);
  return predict(job, config, plan, place);
}

void require_memory(const Communicator& comm, const Config& config, const Prediction& prediction) {
  require_enough(comm, prediction, comm.node().size(), config.memory.value_or(available_memory_bytes()));
}

void print_prediction(const Config& config, GlobalIndex rows, const Prediction& prediction) {
  fmt::print("{:<14}{:>12}{:>14}{:>18}\n", "stage", "seconds", "MB of a rank", "MB a rank sends");
  for (const StagePrediction& stage : prediction.stages) {
    fmt::print("{:<14}{:>12.2f}{:>14.0f}{:>18.1f}\n", stage.stage, stage.seconds, stage.memory / 1e6,
               stage.bytes_sent / 1e6);
  }
  fmt::print("{:<14}{:>12.2f}{:>14.0f}\n", "in all", prediction.seconds, prediction.memory / 1e6);
  if (prediction.iteration_seconds > 0.0) {
    fmt::print("each of the last of {}{} iterations: {:.3g} ms, {:.3g} MB sent by each rank\n",
               finds_its_end(config.schedule) ? "about " : "", usual_iterations(config.schedule, rows),
               1e3 * prediction.iteration_seconds, prediction.iteration_bytes / 1e6);
  }
  fmt::print("no value was read: a run ends at once, with its place, at one that is not finite\n");
}

void show_plan(const Communicator& comm, const Config& config, const PlanRequest& request) {
  const Plan plan = make_plan(comm, config, !config.output.empty());
  const int cores = request.cores > 0 ? request.cores : fitting_threads(Communicator::self());
  const double memory = config.memory.value_or(available_memory_bytes());
  // As many cores at work as there will be, or as this host has.
  const int measured = std::min(cores, fitting_threads(Communicator::self()));
  set_threads(std::max(1, measured));
  const MachineRates rates = measure_machine(Communicator::self());

  Workplace best = suggest(Job::embed, config, plan, cores, memory, rates);
  Workplace place = best;
  if (request.ranks > 0 || request.hosts > 0 || config.threads > 0 || best.ranks == 0) {
    place.hosts = std::max(1, request.hosts);
    place.threads = std::max(1, config.threads);
    place.ranks = request.ranks > 0 ? request.ranks : place.hosts * std::max(1, cores / place.threads);
    if (config.threads == 0) {
      place.threads = std::max(1, cores / place.ranks_per_host());
    }
  }
  place.rates = rates;
  place.cores_of_host = cores;
  const Prediction prediction = predict(Job::embed, config, plan, place);
  if (comm.is_root()) {
    fmt::print("plan of {} of {} rows x {} columns on {} x {}, {}\n", word_of(config.objective.method, method_words),
               plan.rows, plan.input.columns, counted(place.ranks, "rank"), counted(place.threads, "thread"),
               counted(place.hosts, "host"));
    print_prediction(config, plan.rows, prediction);
    fmt::print("on each host: {} of {}\n", readable_bytes(prediction.memory * place.ranks_per_host()),
               std::isfinite(memory) ? readable_bytes(memory) : std::string("memory without limit"));
    if (best.ranks == 0) {
      fmt::print("suggestion: none; up to 1,024 hosts like this one have too little memory\n");
    } else {
      const Prediction of_best = predict(Job::embed, config, plan, best);
      fmt::print("suggestion: {} x {} on {}, {:.3g} s\n", counted(best.ranks, "rank"), counted(best.threads, "thread"),
                 counted(best.hosts, "host"), of_best.seconds);
      if (best.hosts == 1) {
        fmt::print("  mpirun -n {} --map-by slot:PE={} distsne embed ...\n", best.ranks, best.threads);
      }
      fmt::print("  {} jobs/slurm/embed.sbatch ...\n", request_of(best, of_best));
    }
    std::fflush(stdout);
  }
  require_enough(comm, prediction, place.ranks_per_host(), memory);
}

}  // namespace distsne
