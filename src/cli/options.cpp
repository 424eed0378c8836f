/// The options of input, neighbors, affinities and the run itself.
#include "cli/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

namespace distsne {

const CLI::Validator positive(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value > 0.0 && value < 1e300;
      return fine ? std::string() : fmt::format("{}: a positive number is wanted", text);
    },
    "NUMBER>0", "positive");

const CLI::Validator at_least_one(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = CLI::detail::lexical_cast(text, value) && value >= 1.0 && value < 1e300;
      return fine ? std::string() : fmt::format("{}: a number from 1 is wanted", text);
    },
    "NUMBER>=1", "at least one");

const CLI::Validator natural(
    [](std::string& text) {
      std::uint64_t value = 0;
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (failure != std::errc() || end != text.data() + text.size()) {
        return fmt::format("{}: an integer from 0 to 2^64 - 1 is wanted", text);
      }
      text = std::to_string(value);  // CLI11 would take 010 as 8
      return std::string();
    },
    "INTEGER>=0", "natural");

double number_of(const std::string& text) {
  double value = 0.0;
  static_cast<void>(CLI::detail::lexical_cast(text, value));  // as the checks above do
  return value;
}

namespace {

/// Decimal digits only: CLI11 itself takes 0x10, 010 (as 8) and true, too.
std::optional<int> whole_number(const std::string& text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// A whole number from 1 to `most`, or `word`.
CLI::Validator count_or(const std::string& word, int most) {
  return CLI::Validator(
      [=](std::string& text) {
        const int value = whole_number(text).value_or(0);
        return text == word || (value >= 1 && value <= most)
                   ? std::string()
                   : fmt::format("{}: {} or a number from 1 to {} is wanted", text, word, most);
      },
      fmt::format("{}|1..{}", word, most), "count");
}

/// Bytes of "16G", "500 MB", "0.5TiB" or plain bytes, in powers of 1024 as batch systems count; empty: none of these.
std::optional<double> bytes_in(std::string_view text) {
  double number = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || !(number > 0.0)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  constexpr std::string_view units = "KMGT";
  if (const std::size_t power = text.empty() ? units.npos : units.find(text.front()); power != units.npos) {
    number *= std::pow(1024.0, static_cast<double>(power + 1));
    text.remove_prefix(text.substr(1).starts_with("iB") ? 3 : text.substr(1).starts_with("B") ? 2 : 1);
  } else if (text == "B") {
    text = {};
  }
  return text.empty() ? std::optional(number) : std::nullopt;
}

const auto memory_or_word = CLI::Validator(
    [](std::string& text) {
      return text == "auto" || text == "off" || bytes_in(text)
                 ? std::string()
                 : fmt::format("{}: a size like 500M or 16G is wanted, or one of: auto off", text);
    },
    "auto|off|SIZE", "memory");

}  // namespace

void add_data_options(CLI::App& app, Config& config, bool input_required, bool output_required,
                      const char* output_help) {
  const char* group = "Input and output";
  app.add_option("input", config.input.path, "HDF5 file with one row per point")
      ->required(input_required)
      ->type_name("INPUT")
      ->group(group);
  app.add_option("-o,--output", config.output, output_help)->required(output_required)->type_name("FILE")->group(group);
  app.add_option("--dataset", config.input.dataset,
                 "Path of the matrix in the input; not needed when the file has one 2-D dataset of numbers")
      ->type_name("PATH")
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
      ->check(count_or("off", 100000))
      ->capture_default_str()
      ->group(group);
}

void add_neighbor_options(CLI::App& app, Config& config, RawOptions& raw, bool with_all) {
  const char* group = "Neighbors";
  app.add_option("--neighbors", raw.neighbors,
                 with_all
                     ? "Rows that each row is compared with: all of them; the k nearest, exactly; the k nearest with "
                       "--recall; auto: all up to 2,500 rows, else the nearest, exactly where that is quick"
                     : "exact: the nearest of all rows; approx: with --recall; auto: exactly where that is quick")
      ->check(with_all ? CLI::IsMember({"auto", "all", "exact", "approx"}) : CLI::IsMember({"auto", "exact", "approx"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--k", raw.k, "Neighbors of each row; auto: 3 x perplexity, 15 for uniform affinities")
      ->check(count_or("auto", 100000))
      ->capture_default_str()
      ->group(group);
  app.add_option("--recall", config.recall, "Share of the true neighbors that an approximate search finds at least")
      ->check(CLI::Range(0.1, 1.0, "0.1..1"))
      ->capture_default_str()
      ->group(group);
}

void add_affinity_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Affinities";
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
              if (std::string problem = at_least_one(number); !problem.empty()) {
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

void add_run_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "The run";
  app.add_option("--seed", config.seed, "Seed of all random numbers")
      ->check(natural)
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", raw.threads, "Threads of each rank; auto: the cores of a node shared out to its ranks")
      ->check(count_or("auto", 4096))
      ->capture_default_str()
      ->group(group);
  app.add_option("--memory", raw.memory,
                 "Memory that the ranks of a host may take together: a run that is predicted to need more is refused "
                 "before it starts; auto: what the host and the job's limit leave")
      ->check(memory_or_word)
      ->capture_default_str()
      ->group(group);
  app.set_config("--config", "", "Read options from a file as --dump-config writes it; the command line wins")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--dump-config", raw.dump_config, "Print all effective options and stop")
      ->configurable(false)
      ->group(group);
  app.add_option("--log-json", config.log_json, "Append the log to this file as well, an object of JSON on each line")
      ->type_name("FILE")
      ->group(group);
  auto* quiet = app.add_flag("-q,--quiet", raw.quiet, "Say nothing but errors")->configurable(false)->group(group);
  app.add_flag("-v,--verbose", raw.verbose, "Say more: gradient norms, time per phase, memory")
      ->configurable(false)
      ->excludes(quiet)
      ->group(group);
}

void add_dry_run(CLI::App& app, Config& config) {
  app.add_flag("--dry-run", config.dry_run, "Check everything, say what the run would take, and stop")
      ->configurable(false)
      ->group("The run");
}

void finish_common(Config& config, const RawOptions& raw) {
  config.metric = raw.metric == "cosine"        ? Metric::cosine
                  : raw.metric == "correlation" ? Metric::correlation
                                                : Metric::euclidean;
  config.components = raw.pca == "off" ? std::nullopt : whole_number(raw.pca);
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
    config.affinity.perplexities.push_back(number_of(part));
  }
  config.k = raw.k == "auto" ? std::nullopt : whole_number(raw.k);
  config.memory = raw.memory == "auto"  ? std::nullopt
                  : raw.memory == "off" ? std::optional(std::numeric_limits<double>::infinity())
                                        : bytes_in(raw.memory);
  config.threads = whole_number(raw.threads).value_or(0);
  config.verbosity = raw.quiet ? Verbosity::quiet : raw.verbose ? Verbosity::verbose : Verbosity::normal;
}

bool dump_config(const CLI::App& app, const RawOptions& raw, bool speaks, Config& config) {
  config.text = app.config_to_str(true, false);
  if (raw.dump_config && speaks) {
    fmt::print("{}", app.config_to_str(true, true));
  }
  return raw.dump_config;
}

}  // namespace distsne
