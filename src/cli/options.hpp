/// Options that several subcommands have, and how their text becomes a Config.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "distsne/pipeline/config.hpp"

namespace distsne {

/// Options whose text is not yet a value of Config.
struct RawOptions {
  std::string method = "tsne";
  std::string learning_rate = "auto";
  std::string early_exaggeration = "auto";
  std::string schedule = "annealed";
  std::string iterations = "auto";
  std::string tolerance = "auto";
  std::string accuracy = "auto";
  std::string exaggeration_iterations = "auto";
  std::string early_momentum = "auto";
  std::string momentum = "auto";
  std::string optimizer = "auto";
  std::string init = "auto";
  std::string precision = "float";
  std::string threads = "auto";
  std::string metric = "euclidean";
  std::string pca = "50";
  std::string neighbors = "auto";
  std::string k = "auto";
  std::string perplexity = "30";
  std::string affinity = "perplexity";
  std::string field = "auto";
  std::string checkpoint_every = "15min";
  std::string max_time = "auto";
  std::string memory = "auto";
  bool dump_config = false;
  bool quiet = false;
  bool verbose = false;
};

void add_data_options(CLI::App& app, Config& config, bool input_required, bool output_required,
                      const char* output_help);
void add_reduction_options(CLI::App& app, RawOptions& raw);
/// `with_all`: --neighbors all can be chosen, too.
void add_neighbor_options(CLI::App& app, Config& config, RawOptions& raw, bool with_all);
void add_affinity_options(CLI::App& app, Config& config, RawOptions& raw);
void add_checkpoint_options(CLI::App& app, Config& config, RawOptions& raw);
/// Seed, threads, config files, verbosity.
void add_run_options(CLI::App& app, Config& config, RawOptions& raw);

/// For the commands that compute.
void add_dry_run(CLI::App& app, Config& config);

/// Sets what the options above say.
void finish_common(Config& config, const RawOptions& raw);

/// All options of the main job but those of the run.
void add_job_options(CLI::App& app, Config& config, RawOptions& raw, bool output_required);
/// Sets what they and those of the run say.
void finish_job(Config& config, const RawOptions& raw);

void finish_checkpoint(Config& config, const RawOptions& raw);

/// Prints the effective options where --dump-config asks for them; true when that was all. Sets config.text otherwise.
[[nodiscard]] bool dump_config(const CLI::App& app, const RawOptions& raw, bool speaks, Config& config);

/// Checks of option values, with the message that a wrong one gets.
extern const CLI::Validator positive;
extern const CLI::Validator at_least_one;
extern const CLI::Validator natural;

/// The number of a text that has passed such a check.
[[nodiscard]] double number_of(const std::string& text);

}  // namespace distsne
