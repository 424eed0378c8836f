/// Checking options against the input's shape, and choosing what is left to choose.
#include "pipeline/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "pipeline/earlier_map.hpp"
#include "pipeline/weights.hpp"

namespace distsne {
namespace {

void choose_input(const Communicator& comm, const Config& config, Plan& plan) {
  plan.input = describe_input(comm, config.input);
  require_embeddable(comm, plan.input);
  plan.rows = plan.input.rows;
  plan.labels = plan.input;
}

/// Whether PATH:DATASET means the same file and dataset.
bool same_file(const std::string& a, const std::string& b) {
  const std::size_t colon_a = a.rfind(":/");
  const std::size_t colon_b = b.rfind(":/");
  std::error_code ignored;
  return a == b ||
         (colon_a != std::string::npos && colon_b != std::string::npos && a.substr(colon_a) == b.substr(colon_b) &&
          std::filesystem::equivalent(a.substr(0, colon_a), b.substr(0, colon_b), ignored));
}

GraphUse use_of_graph(const Config& config) {
  switch (config.affinity.kind) {
    case AffinityKind::uniform:
      return GraphUse::neighbors;
    case AffinityKind::given:
      return GraphUse::affinities;
    case AffinityKind::perplexity:
    case AffinityKind::sigma:
      break;
  }
  return GraphUse::distances;
}

/// Notes what a graph's file tells of its rows that is not so of the run's.
void compare_with_graph(const Config& config, Plan& plan) {
  const std::string metric = word_of(config.metric, metric_words);
  if (!plan.graph.metric.empty() && plan.graph.metric != metric) {
    plan.notes.push_back(fmt::format(
        "the neighbors of --graph were found by --metric {}: they stay as they are, and --metric {} is of effect on "
        "--init pca only",
        plan.graph.metric, metric));
  }
  const std::string input = plan.input.path + ":" + plan.input.dataset;
  if (!plan.graph.input.empty() && !plan.input.path.empty() && !same_file(plan.graph.input, input)) {
    plan.notes.push_back(
        fmt::format("--graph was made of '{}', and the input is '{}': they must hold the same rows in "
                    "the same order",
                    plan.graph.input, input));
  }
}

/// Refuses files that the run would write over one another. Whoever sees the file system looks at it.
void require_apart(const Communicator& comm, const Config& config, const Plan& plan, bool has_output) {
  struct Use {
    const char* what;
    std::string path;
  };
  std::vector<Use> written;
  if (has_output) {
    written.push_back({"the output", config.output});
  }
  if (!plan.checkpoint.empty()) {
    written.push_back({"the checkpoint", plan.checkpoint});
  }
  if (!config.log_json.empty()) {
    written.push_back({"the log of --log-json", config.log_json});
  }
  if (!config.live.empty()) {
    written.push_back({"the picture of --live", config.live});
  }
  const std::vector<Use> read{{"the input", plan.input.path},
                              {"the file of --graph", plan.graph.indices.path},
                              {"the file of --init", plan.initial_map.path},
                              {"the earlier map", plan.earlier ? plan.earlier->path : std::string()}};
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code failed;
    return !a.empty() && !b.empty() &&
           (std::filesystem::equivalent(a, b, failed) ||
            std::filesystem::weakly_canonical(std::filesystem::absolute(a, failed), failed) ==
                std::filesystem::weakly_canonical(std::filesystem::absolute(b, failed), failed));
  };
  attempt_on_root(comm, [&] {
    for (std::size_t i = 0; i < written.size(); ++i) {
      std::vector<Use> others = read;
      others.insert(others.end(), written.begin(), written.begin() + static_cast<std::ptrdiff_t>(i));
      for (const Use& other : others) {
        if (same(written[i].path, other.path)) {
          throw Error(fmt::format("'{}' is to be {} and is {}, too, which would be lost: choose another name",
                                  written[i].path, written[i].what, other.what),
                      ExitCode::bad_input);
        }
      }
    }
  });
}

/// The seconds that are left of a batch job, less some to write in; empty where none is announced.
std::optional<double> seconds_left_of_job() {
  const char* const end = std::getenv("SLURM_JOB_END_TIME");
  const double time = end == nullptr ? 0.0 : std::strtod(end, nullptr);
  if (!(time > 0.0)) {
    return std::nullopt;
  }
  const double left = time - static_cast<double>(std::time(nullptr));
  return left - std::clamp(0.1 * left, 0.0, 60.0);
}

void choose_checkpoint(const Communicator& comm, const Config& config, Plan& plan) {
  if (config.checkpoint != "off") {
    plan.checkpoint = config.checkpoint == "auto" ? config.output + ".checkpoint" : config.checkpoint;
  }
  if (config.checkpoint != "off" && config.checkpoint != "auto") {
    require_writable(comm, plan.checkpoint, plan.labels.path);
  }
  plan.time_limit = config.time_limit;
  if (!plan.time_limit && config.time_limit_of_job) {
    plan.time_limit = seconds_left_of_job();
  }
}

void finish(const Communicator& comm, const Config& config, LocalIndex least_components, bool has_output, Plan& plan) {
  plan.components = chosen_components(config, plan.input.columns, least_components);
  if (has_output) {
    require_writable(comm, config.output, plan.labels.path);
  }
  if (has_output && !config.graph.empty()) {
    require_writable(comm, config.output, plan.graph.indices.path);
  }
  choose_checkpoint(comm, config, plan);
  if (!config.log_json.empty()) {
    require_writable(comm, config.log_json, plan.labels.path);
  }
  if (!config.live.empty()) {
    require_writable(comm, config.live, plan.labels.path);
  }
  require_apart(comm, config, plan, has_output);
  plan.threads = config.threads > 0 ? config.threads : fitting_threads(comm);
}

}  // namespace

Plan make_plan(const Communicator& comm, const Config& config, bool has_output) {
  Plan plan;
  if (!config.input.path.empty()) {
    choose_input(comm, config, plan);
  }
  if (!config.graph.empty()) {
    plan.graph = describe_graph(comm, config.graph, use_of_graph(config));
    if (plan.graph.is_matrix()) {
      plan.matrix_entries = plan.graph.entries_of_row();
    }
    const GlobalIndex rows = plan.graph.indices.rows;
    require_everywhere(comm, plan.input.path.empty() || plan.rows == rows,
                       fmt::format("--graph '{}' has {} rows and '{}', dataset '{}' has {}: they must be the same rows",
                                   config.graph, rows, plan.input.path, plan.input.dataset, plan.rows));
    plan.rows = rows;
    plan.needs_rows =
        config.initialization.kind == InitialMap::pca || config.initialization.kind == InitialMap::multilevel;
    compare_with_graph(config, plan);
    plan.labels = plan.input.path.empty() ? plan.graph.indices : plan.input;
  }
  if (!config.weights.empty()) {
    choose_weights(comm, config, plan);
  }
  MapOptions widest = config;  // one graph serves all maps of the run
  if (const auto& several = config.ensemble.perplexities; !several.empty()) {
    widest.affinity.perplexities = {*std::max_element(several.begin(), several.end())};
  }
  choose_pairs(comm, widest, config.graph.empty(), plan);
  constexpr GlobalIndex least_rows_of_bootstraps = 30;
  require_everywhere(comm, config.ensemble.bootstraps == 0 || plan.rows >= least_rows_of_bootstraps,
                     fmt::format("--bootstraps takes a part of the rows, of which there are {}: at least {} are needed",
                                 plan.rows, least_rows_of_bootstraps));
  const int dims = config.objective.dims;
  if (config.initialization.kind == InitialMap::file) {
    plan.initial_map = describe_input(comm, config.initial_map);
    require_everywhere(
        comm, plan.initial_map.rows == plan.rows && plan.initial_map.columns == dims,
        fmt::format("--init '{}', dataset '{}' is {} x {}: an initial map of {} rows in {} dimensions must be {} x {}",
                    plan.initial_map.path, plan.initial_map.dataset, plan.initial_map.rows, plan.initial_map.columns,
                    plan.rows, dims, plan.rows, dims));
  }
  if (config.initialization.kind == InitialMap::earlier) {
    plan.earlier = std::make_shared<const EarlierMap>(read_earlier_map(comm, config, plan.labels, plan.rows));
  }
  finish(comm, config, dims, has_output, plan);
  return plan;
}

Plan make_graph_plan(const Communicator& comm, const Config& config) {
  Plan plan;
  choose_input(comm, config, plan);
  choose_neighbors(comm, config, plan);
  if (!config.k) {
    require_affinities_fit(comm, plan.affinity, plan.rows, plan.neighbors);
  }
  finish(comm, config, 1, true, plan);
  return plan;
}

}  // namespace distsne
