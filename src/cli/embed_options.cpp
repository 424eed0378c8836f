/// The options of the main job, for distsne embed and distsne plan.
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "cli/options.hpp"

namespace distsne {
namespace {

const auto positive_or_auto = CLI::Validator(
    [](std::string& text) { return text == "auto" ? std::string() : positive(text); }, "auto|NUMBER>0", "auto");

const auto momentum_range = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value >= 0.0 && value < 1.0;
      return fine ? std::string() : fmt::format("{}: a number from 0 to below 1 is wanted", text);
    },
    "0<=NUMBER<1", "momentum");

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
                 "First positions: pca (spread 1e-4 map units), random (the same spread), auto (pca, or random without "
                 "an input), or an HDF5 file with a "
                 "rows x dims dataset, taken as it is; FILE:DATASET names one of several")
      ->type_name("auto|pca|random|FILE")
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
      ->check(CLI::Range(1e-6, 0.1, "1e-6..0.1"))
      ->capture_default_str()
      ->group(group);
}

void add_embed_options(CLI::App& app, Config& config, RawOptions& raw) {
  app.add_option(
         "--graph", config.graph,
         "Neighbors from this file, as distsne neighbors writes it, instead of looking for them; the input is then "
         "needed for --init pca and its labels only")
      ->type_name("FILE")
      ->group("Neighbors");
  const char* group = "The run";
  app.add_option("--precision", raw.precision, "Type of points and affinities; sums are kept in double or integers")
      ->check(CLI::IsMember({"float", "double"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--measure-every", config.measure_every, "Iterations between two entries of the KL history")
      ->check(CLI::Range(1, 100000000, "INTEGER>=1"))
      ->capture_default_str()
      ->group(group);
}

std::optional<double> number_or_auto(const std::string& text) {
  return text == "auto" ? std::nullopt : std::optional(number_of(text));
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
    throw CLI::ValidationError("--init",
                               fmt::format("'{}' is none of auto, pca and random, nor a file that exists", text));
  }
  return file;
}

}  // namespace

void add_job_options(CLI::App& app, Config& config, RawOptions& raw, bool output_required) {
  add_data_options(app, config, false, output_required, "Result file (HDF5), written when all is done");
  add_reduction_options(app, raw);
  add_neighbor_options(app, config, raw, true);
  add_affinity_options(app, config, raw);
  add_map_options(app, config, raw);
  add_optimization_options(app, config, raw);
  add_field_options(app, config, raw);
  add_checkpoint_options(app, config, raw);
  add_embed_options(app, config, raw);
}

void finish_job(Config& config, const RawOptions& raw) {
  finish_common(config, raw);
  finish_checkpoint(config, raw);
  config.objective.method =
      std::map<std::string, Method>{{"sne", Method::sne}, {"ssne", Method::ssne}, {"tsne", Method::tsne}}.at(
          raw.method);
  config.objective.field = raw.field == "direct" ? FieldKind::direct
                           : raw.field == "grid" ? FieldKind::grid
                                                 : FieldKind::automatic;
  config.schedule.learning_rate = number_or_auto(raw.learning_rate);
  config.schedule.early_exaggeration = number_or_auto(raw.early_exaggeration);
  config.schedule.optimizer = raw.optimizer == "gd" ? Optimizer::gd : Optimizer::gains;
  config.precision = raw.precision == "double" ? Precision::full : Precision::single;
  const bool has_input = !config.input.path.empty();
  if (!has_input && config.graph.empty()) {
    throw CLI::RequiredError("input, or --graph FILE,");
  }
  if (raw.init == "auto") {
    config.initialization.kind = has_input ? InitialMap::pca : InitialMap::random;
  } else if (raw.init == "pca" || raw.init == "random") {
    config.initialization.kind = raw.init == "pca" ? InitialMap::pca : InitialMap::random;
    if (raw.init == "pca" && !has_input) {
      throw CLI::ValidationError("--init", "pca needs the input beside --graph");
    }
  } else {
    config.initialization.kind = InitialMap::file;
    config.initial_map = initial_map_file(raw.init);
  }
}

}  // namespace distsne
