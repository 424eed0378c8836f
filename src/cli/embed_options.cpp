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
      const bool fine = text == "auto" || (CLI::detail::lexical_cast(text, value) && value >= 0.0 && value < 1.0);
      return fine ? std::string() : fmt::format("{}: a number from 0 to below 1 is wanted, or auto", text);
    },
    "auto|0<=NUMBER<1", "momentum");

const auto accuracy_or_auto = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = text == "auto" || (CLI::detail::lexical_cast(text, value) && value >= 1e-6 && value <= 0.1);
      return fine ? std::string() : fmt::format("{}: a number from 1e-6 to 0.1 is wanted, or auto", text);
    },
    "auto|1e-6..0.1", "accuracy");

constexpr double most_count = 1e8;

const auto count_or_auto = CLI::Validator(
    [](std::string& text) {
      const bool fine = text == "auto" || (natural(text).empty() && number_of(text) <= most_count);
      return fine ? std::string() : fmt::format("{}: a whole number from 0 to 100000000 is wanted, or auto", text);
    },
    "auto|INTEGER>=0", "count");

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
                 "First positions: pca (spread 0.1 map units; classic 1e-4), random (the same spread), auto (pca, or "
                 "random without "
                 "an input), or an HDF5 file with a "
                 "rows x dims dataset, taken as it is; FILE:DATASET names one of several")
      ->type_name("auto|pca|random|FILE")
      ->capture_default_str()
      ->group(group);
}

void add_optimization_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Optimization";
  app.add_option("--schedule", raw.schedule,
                 "annealed: exaggeration falls to 1 by degrees, Nesterov's momentum; classic: 250 iterations at full "
                 "exaggeration, then 500 without, momentum 0.5 and 0.8")
      ->check(CLI::IsMember({"annealed", "classic"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--iterations", raw.iterations,
                 "Updates in all; auto: until the KL falls by less than --tolerance, at most 3000 (classic: 750)")
      ->check(count_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--tolerance", raw.tolerance,
                 "Relative fall of the KL per iteration below which --iterations auto ends; auto: 3e-4 for 60,000 rows "
                 "and more, less for fewer")
      ->check(positive_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--exaggeration-iterations", raw.exaggeration_iterations,
                 "Updates of the exaggerated phases, among --iterations; auto: 40 for 60,000 rows and more, up to 800 "
                 "for few (classic: 250)")
      ->check(count_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--early-exaggeration", raw.early_exaggeration,
                 "Factor of the affinities at first; auto: 12 for tsne, 4 for sne and ssne")
      ->check(positive_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--exaggeration", config.schedule.exaggeration,
                 "Factor of the affinities after that: above 1 clusters stay drawn together")
      ->check(positive)
      ->capture_default_str()
      ->group(group);
  app.add_option("--learning-rate", raw.learning_rate,
                 "Step per unit of the gradient (which holds the factor 4, for sne 2); auto: rows / exaggeration for "
                 "tsne, a quarter of it for ssne, 1/4 / exaggeration for sne; a tenth of these with gd, and 0.7 of "
                 "the first or less in the last phase of nesterov")
      ->check(positive_or_auto)
      ->capture_default_str()
      ->group(group);
  app.add_option("--early-momentum", raw.early_momentum,
                 "Share of the last step kept while exaggerated; auto: 0.9 or 0.95 (classic: 0.5)")
      ->check(momentum_range)
      ->capture_default_str()
      ->group(group);
  app.add_option("--momentum", raw.momentum,
                 "Share of the last step kept after that; auto: 0.98, for sne and ssne 0.9 (classic: 0.8)")
      ->check(momentum_range)
      ->capture_default_str()
      ->group(group);
  app.add_option("--optimizer", raw.optimizer,
                 "nesterov: momentum that looks ahead, and per-coordinate gains; gains: momentum and gains; gd: y <- y "
                 "- eta dC/dy; auto: nesterov (classic: gains). Steps of the first two are at most 5 map units")
      ->check(CLI::IsMember({"auto", "nesterov", "gains", "gd"}))
      ->capture_default_str()
      ->group(group);
}

void add_field_options(CLI::App& app, RawOptions& raw) {
  const char* group = "Repulsion";
  app.add_option(
         "--field", raw.field,
         "direct: the exact sum over all pairs; grid: O(N) by a grid and transforms; auto: whichever is quicker")
      ->check(CLI::IsMember({"auto", "direct", "grid"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--accuracy", raw.accuracy,
                 "Relative error of the grid's forces (root mean square); auto: 0.03, which no map was seen to suffer "
                 "from (classic: 0.01)")
      ->check(accuracy_or_auto)
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

std::optional<int> count_of(const std::string& text) {
  return text == "auto" ? std::nullopt : std::optional(static_cast<int>(number_of(text)));
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
  add_field_options(app, raw);
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
  config.schedule.schedule = raw.schedule == "classic" ? Schedule::classic : Schedule::annealed;
  config.objective.accuracy =
      number_or_auto(raw.accuracy).value_or(config.schedule.schedule == Schedule::classic ? 0.01 : 0.03);
  config.schedule.tolerance = number_or_auto(raw.tolerance);
  config.schedule.iterations = count_of(raw.iterations);
  config.schedule.exaggeration_iterations = count_of(raw.exaggeration_iterations);
  config.schedule.early_momentum = number_or_auto(raw.early_momentum);
  config.schedule.momentum = number_or_auto(raw.momentum);
  if (raw.optimizer != "auto") {
    config.schedule.optimizer = std::map<std::string, Optimizer>{
        {"nesterov", Optimizer::nesterov},
        {"gains", Optimizer::gains},
        {"gd", Optimizer::gd}}.at(raw.optimizer);
  }
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
