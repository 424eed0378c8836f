/// distsne embed: the options of the main job.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>

#include "cli/commands.hpp"
#include "distsne/pipeline/embed.hpp"

namespace distsne {
namespace {

/// Options whose text is not yet a value of Config.
struct RawOptions {
  std::string method = "tsne";
  std::string learning_rate = "auto";
  std::string early_exaggeration = "auto";
  std::string optimizer = "gains";
  std::string init = "pca";
  std::string precision = "float";
  std::string threads = "auto";
  std::string metric = "euclidean";
  std::string pca = "50";
  std::string neighbors = "auto";
  std::string k = "auto";
  std::string perplexity = "30";
  std::string affinity = "perplexity";
  std::string field = "auto";
  bool dump_config = false;
  bool quiet = false;
  bool verbose = false;
};

const auto positive = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value > 0.0 && value < 1e300;
      return fine ? std::string() : fmt::format("{}: a positive number is wanted", text);
    },
    "NUMBER>0", "positive");

const auto at_least_one = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value >= 1.0 && value < 1e300;
      return fine ? std::string() : fmt::format("{}: a number from 1 is wanted", text);
    },
    "NUMBER>=1", "at least one");

const auto natural = CLI::Validator(
    [](std::string& text) {
      std::uint64_t value = 0;
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool fine = failure == std::errc() && end == text.data() + text.size();
      return fine ? std::string() : fmt::format("{}: an integer from 0 to 2^64 - 1 is wanted", text);
    },
    "INTEGER>=0", "natural");

const auto positive_or_auto = CLI::Validator(
    [](std::string& text) { return text == "auto" ? std::string() : positive(text); }, "auto|NUMBER>0", "auto");

const auto momentum_range = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value >= 0.0 && value < 1.0;
      return fine ? std::string() : fmt::format("{}: a number from 0 to below 1 is wanted", text);
    },
    "0<=NUMBER<1", "momentum");

const auto threads_or_auto = CLI::Validator(
    [](std::string& text) {
      int value = 0;
      const bool fine = text == "auto" || (CLI::detail::lexical_cast(text, value) && value >= 1 && value <= 4096);
      return fine ? std::string() : fmt::format("{}: auto or a number from 1 to 4096 is wanted", text);
    },
    "auto|1..4096", "threads");

void add_data_options(CLI::App& app, Config& config) {
  const char* group = "Input and output";
  app.add_option("input", config.input.path, "HDF5 file with one row per point")
      ->required()
      ->type_name("INPUT")
      ->group(group);
  app.add_option("-o,--output", config.output, "Result file (HDF5), written when all is done")
      ->required()
      ->type_name("FILE")
      ->group(group);
  app.add_option("--dataset", config.input.dataset,
                 "Path of the matrix in the input; not needed when the file has one 2-D dataset of numbers")
      ->type_name("PATH")
      ->group(group);
}

void add_map_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "The map";
  app.add_option("--method", raw.method,
                 "sne: Gaussian, a normalization for each row; ssne: Gaussian, symmetric; tsne: Student t")
      ->check(CLI::IsMember({"sne", "ssne", "tsne"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--dims", config.objective.dims, "Dimensions of the map")
      ->check(CLI::Range(1, 3, "1|2|3"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--tail", config.objective.tail,
                 "a of the kernel (1 + d^2/a)^-a of tsne: 1 is t-SNE's own, below 1 heavier, large nearly Gaussian "
                 "(degrees of freedom 2a - 1)")
      ->check(positive)
      ->capture_default_str()
      ->group(group);
  app.add_option("--init", raw.init,
                 "First positions: pca (spread 1e-4 map units), random (the same spread), or an HDF5 file with a "
                 "rows x dims dataset, taken as it is; FILE:DATASET names one of several")
      ->type_name("pca|random|FILE")
      ->capture_default_str()
      ->group(group);
  app.add_option("--seed", config.seed, "Seed of all random numbers")
      ->check(natural)
      ->capture_default_str()
      ->group(group);
}

void add_reduction_options(CLI::App& app, RawOptions& raw) {
  const char* group = "Metric and reduction";
  app.add_option("--metric", raw.metric,
                 "How unlike rows are: euclidean; cosine: the angle between them; correlation: that of rows less their "
                 "means")
      ->check(CLI::IsMember({"euclidean", "cosine", "correlation"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--pca", raw.pca, "Principal components that rows with more columns are reduced to first")
      ->check(
          CLI::Validator([](std::string& text) { return text == "off" ? std::string() : CLI::Range(1, 100000)(text); },
                         "off|1..100000", "components"))
      ->capture_default_str()
      ->group(group);
}

void add_affinity_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Neighbors and affinities";
  app.add_option(
         "--neighbors", raw.neighbors,
         "Rows that each row is compared with: all of them; the k nearest, exactly; the k nearest with --recall; "
         "auto: all up to 2,500 rows, else the nearest, exactly where that is quick")
      ->check(CLI::IsMember({"auto", "all", "exact", "approx"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--k", raw.k, "Neighbors of each row; auto: 3 x perplexity, 15 for uniform affinities")
      ->check(
          CLI::Validator([](std::string& text) { return text == "auto" ? std::string() : CLI::Range(1, 100000)(text); },
                         "auto|1..100000", "k"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--recall", config.recall, "Share of the true neighbors that an approximate search finds at least")
      ->check(CLI::Range(0.1, 1.0))
      ->capture_default_str()
      ->group(group);
  app.add_option("--affinity", raw.affinity,
                 "perplexity: Gaussian, its width from --perplexity in each row; uniform: the same for all neighbors; "
                 "sigma: Gaussian of one width for all rows")
      ->check(CLI::IsMember({"perplexity", "uniform", "sigma"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--perplexity", raw.perplexity,
                 "Effective number of neighbors of each point, at most rows - 1; of several, separated by commas, the "
                 "affinities are averaged")
      ->check(CLI::Validator(
          [](std::string& text) {
            for (const std::string& part : CLI::detail::split(text, ',')) {
              std::string number = part;
              if (const std::string problem = at_least_one(number); !problem.empty()) {
                return problem;
              }
            }
            return std::string();
          },
          "NUMBER>=1,...", "perplexities"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--sigma", config.affinity.sigma, "Standard deviation of --affinity sigma, in the unit of the input")
      ->check(positive)
      ->capture_default_str()
      ->group(group);
}

void add_optimization_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Optimization";
  ScheduleOptions& schedule = config.schedule;
  app.add_option("--iterations", schedule.iterations, "Updates in all")
      ->check(CLI::Range(0, 100000000, "INTEGER>=0"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--exaggeration-iterations", schedule.exaggeration_iterations,
                 "Updates of the first, exaggerated phase, among --iterations")
      ->check(CLI::Range(0, 100000000, "INTEGER>=0"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--early-exaggeration", raw.early_exaggeration,
                 "Factor of the affinities in the first phase; auto: 12 for tsne, 4 for sne and ssne")
      ->check(positive_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--learning-rate", raw.learning_rate,
                 "Step per unit of the gradient (which holds the factor 4, for sne 2); auto: rows / exaggeration for "
                 "tsne, a quarter of it for ssne, 1/4 / exaggeration for sne; a tenth of these with gd")
      ->check(positive_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--early-momentum", schedule.early_momentum, "Share of the last step kept in the first phase")
      ->check(momentum_range)
      ->capture_default_str()
      ->group(group);
  app.add_option("--momentum", schedule.momentum, "Share of the last step kept after the first phase")
      ->check(momentum_range)
      ->capture_default_str()
      ->group(group);
  app.add_option("--optimizer", raw.optimizer,
                 "gains: momentum and per-coordinate gains, steps up to 5 map units; gd: y <- y - eta dC/dy")
      ->check(CLI::IsMember({"gains", "gd"}))
      ->capture_default_str()
      ->group(group);
}

void add_field_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Repulsion";
  app.add_option(
         "--field", raw.field,
         "direct: the exact sum over all pairs; grid: O(N) by a grid and transforms; auto: whichever is quicker")
      ->check(CLI::IsMember({"auto", "direct", "grid"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--accuracy", config.objective.accuracy, "Relative error of the grid's forces (root mean square)")
      ->check(CLI::Range(1e-6, 0.1))
      ->capture_default_str()
      ->group(group);
}

void add_run_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "The run";
  app.add_option("--precision", raw.precision, "Type of points and affinities; sums are kept in double or integers")
      ->check(CLI::IsMember({"float", "double"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", raw.threads, "Threads of each rank; auto: the cores of a node shared out to its ranks")
      ->check(threads_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--measure-every", config.measure_every, "Iterations between two entries of the KL history")
      ->check(CLI::Range(1, 100000000, "INTEGER>=1"))
      ->capture_default_str()
      ->group(group);
  app.set_config("--config", "", "Read options from a file as --dump-config writes it; the command line wins")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--dump-config", raw.dump_config, "Print all effective options and stop")
      ->configurable(false)
      ->group(group);
  auto* quiet = app.add_flag("-q,--quiet", raw.quiet, "Say nothing but errors")->configurable(false)->group(group);
  app.add_flag("-v,--verbose", raw.verbose, "Say more: gradient norms, time per phase, memory")
      ->configurable(false)
      ->excludes(quiet)
      ->group(group);
}

std::optional<double> number_or_auto(const std::string& text) {
  return text == "auto" ? std::nullopt : std::optional<double>(std::stod(text));
}

/// FILE or FILE:DATASET. A colon may be part of the name of a file that exists.
InputOptions initial_map_file(const std::string& text) {
  std::error_code ignored;
  const std::size_t colon = text.rfind(':');
  InputOptions file;
  file.path = text;
  file.dataset_option = "--init FILE:DATASET";
  if (colon != std::string::npos && !std::filesystem::exists(text, ignored)) {
    file.path = text.substr(0, colon);
    file.dataset = text.substr(colon + 1);
  }
  if (!std::filesystem::exists(file.path, ignored)) {
    throw CLI::ValidationError("--init", fmt::format("'{}' is neither pca nor random, nor a file that exists", text));
  }
  return file;
}

void finish(Config& config, const RawOptions& raw) {
  config.objective.method =
      std::map<std::string, Method>{{"sne", Method::sne}, {"ssne", Method::ssne}, {"tsne", Method::tsne}}.at(
          raw.method);
  config.objective.field = raw.field == "direct" ? FieldKind::direct
                           : raw.field == "grid" ? FieldKind::grid
                                                 : FieldKind::automatic;
  config.metric = raw.metric == "cosine"        ? Metric::cosine
                  : raw.metric == "correlation" ? Metric::correlation
                                                : Metric::euclidean;
  config.components = raw.pca == "off" ? std::nullopt : std::optional<LocalIndex>(std::stoi(raw.pca));
  config.neighbors = std::map<std::string, NeighborChoice>{{"auto", NeighborChoice::automatic},
                                                           {"all", NeighborChoice::all},
                                                           {"exact", NeighborChoice::exact},
                                                           {"approx", NeighborChoice::approximate}}
                         .at(raw.neighbors);
  config.affinity.kind = raw.affinity == "uniform" ? AffinityKind::uniform
                         : raw.affinity == "sigma" ? AffinityKind::sigma
                                                   : AffinityKind::perplexity;
  config.affinity.perplexities.clear();
  for (const std::string& part : CLI::detail::split(raw.perplexity, ',')) {
    config.affinity.perplexities.push_back(std::stod(part));
  }
  config.k = raw.k == "auto" ? std::nullopt : std::optional<LocalIndex>(std::stoi(raw.k));
  config.schedule.learning_rate = number_or_auto(raw.learning_rate);
  config.schedule.early_exaggeration = number_or_auto(raw.early_exaggeration);
  config.schedule.optimizer = raw.optimizer == "gd" ? Optimizer::gd : Optimizer::gains;
  config.precision = raw.precision == "double" ? Precision::full : Precision::single;
  config.threads = raw.threads == "auto" ? 0 : std::stoi(raw.threads);
  config.verbosity = raw.quiet ? Verbosity::quiet : raw.verbose ? Verbosity::verbose : Verbosity::normal;
  if (raw.init == "pca" || raw.init == "random") {
    config.initialization.kind = raw.init == "pca" ? InitialMap::pca : InitialMap::random;
  } else {
    config.initialization.kind = InitialMap::file;
    config.initial_map = initial_map_file(raw.init);
  }
}

}  // namespace

void run_embed(const Communicator& comm, const Arguments& arguments) {
  Config config;
  RawOptions raw;
  CLI::App app("Compute a map of the rows of an HDF5 dataset, on all ranks that mpirun starts", "distsne embed");
  add_data_options(app, config);
  add_reduction_options(app, raw);
  add_affinity_options(app, config, raw);
  add_map_options(app, config, raw);
  add_optimization_options(app, config, raw);
  add_field_options(app, config, raw);
  add_run_options(app, config, raw);
  if (!parse(comm, app, arguments, [&] { finish(config, raw); })) {
    return;
  }
  config.text = app.config_to_str(true, false);
  if (raw.dump_config) {
    if (comm.is_root()) {
      fmt::print("{}", app.config_to_str(true, true));
    }
    return;
  }
  embed(comm, config);
}

}  // namespace distsne
