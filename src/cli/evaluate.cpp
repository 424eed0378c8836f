/// distsne evaluate: how good maps are.
#include "pipeline/evaluate.hpp"

#include <fmt/format.h>

#include <map>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/run_config.hpp"
#include "io/map_file.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

struct RawEvaluation {
  std::vector<std::string> files;
  std::string labels = "auto";
  std::string metric = "auto";
  std::string pca = "off";
  std::string sample = "auto";
  std::string kl = "auto";
  std::string perturbation = "auto";
  std::string threads = "auto";
};

/// A whole number from 1 to `most`, or one of the words.
CLI::Validator count_or(const std::string& word, double most) {
  return CLI::Validator(
      [=](std::string& text) {
        std::string number = text;
        const bool fine =
            text == word || (natural(number).empty() && number_of(number) >= 1.0 && number_of(number) <= most);
        return fine ? std::string() : fmt::format("{}: {} or a number from 1 to {:.0f} is wanted", text, word, most);
      },
      fmt::format("{}|1..{:.0f}", word, most), "count");
}

void add_options(CLI::App& app, EvaluateOptions& options, RawEvaluation& raw) {
  app.add_option("files", raw.files,
                 "Maps that distsne embed has written, of the same rows; one file without a map may be the input")
      ->required()
      ->type_name("MAP")
      ->group("Input and output");
  app.add_option("--input", options.input.path,
                 "HDF5 file with the rows; not needed where the first map's file names it")
      ->type_name("FILE")
      ->group("Input and output");
  app.add_option("--dataset", options.input.dataset, "Path of the matrix in the input")
      ->type_name("PATH")
      ->group("Input and output");
  app.add_option("--json", options.json, "Write all figures to this file as well, as a JSON object")
      ->type_name("FILE")
      ->group("Input and output");
  app.add_flag("--write", options.write,
               "Add the figures of each row to the maps' files, below /quality; NaN for rows that were not compared")
      ->group("Input and output");
  const char* group = "What is judged";
  app.add_option("--labels", raw.labels,
                 "Dataset of the first map's file that tells the rows' classes, or none; auto: the first of labels, "
                 "label, y, target, class, cluster")
      ->type_name("auto|none|NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--metric", raw.metric, "How unlike rows are; auto: as in the run of the first map")
      ->check(CLI::IsMember({"auto", "euclidean", "cosine", "correlation"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--pca", raw.pca, "Principal components that the rows are reduced to before they are compared")
      ->check(count_or("off", 100000))
      ->capture_default_str()
      ->group(group);
  app.add_option("--sample", raw.sample,
                 "Rows that are compared with all rows, drawn by the seed; auto: all up to 50,000, beyond about 4,000")
      ->check(count_or("auto", 1e12))
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--kl", raw.kl,
         "Compute the KL divergence anew from the data, as the map's run would: yes, no; auto: up to 200,000 rows")
      ->check(CLI::IsMember({"auto", "yes", "no"}))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--reliability", options.reliability,
               "Find where the maps tear, for every row: how far its place goes when the row itself is moved "
               "(perturbation), and how near its cost is to losing its minimum (singularity)")
      ->group(group);
  app.add_option("--perturbation", raw.perturbation,
                 "By how much --reliability moves rows, in the unit of the rows as the run compared them; auto: how "
                 "far neighbors are along the first three principal axes")
      ->check(CLI::Validator(
          [](std::string& text) {
            const bool fine = text == "auto" || CLI::PositiveNumber(text).empty();
            return fine ? std::string() : fmt::format("{}: auto or a length above 0 is wanted", text);
          },
          "auto|LENGTH", "length"))
      ->capture_default_str()
      ->group(group);
  group = "The run";
  app.add_option("--seed", options.seed, "Seed of the samples")->check(natural)->capture_default_str()->group(group);
  app.add_option("--threads", raw.threads, "Threads of each rank; auto: the cores of a node shared out to its ranks")
      ->check(count_or("auto", 1024))
      ->capture_default_str()
      ->group(group);
  app.add_flag("-q,--quiet", options.quiet, "Print nothing but errors")->group(group);
}

void finish(EvaluateOptions& options, const RawEvaluation& raw) {
  options.labels = raw.labels == "auto" ? "" : raw.labels;
  if (raw.metric != "auto") {
    options.metric =
        std::map<std::string, Metric>{
            {"euclidean", Metric::euclidean}, {"cosine", Metric::cosine}, {"correlation", Metric::correlation}}
            .at(raw.metric);
  }
  if (raw.pca != "off") {
    options.components = static_cast<LocalIndex>(number_of(raw.pca));
  }
  options.sample = raw.sample == "auto" ? 0 : static_cast<GlobalIndex>(number_of(raw.sample));
  options.kl = raw.kl == "yes" ? KlChoice::always : raw.kl == "no" ? KlChoice::never : KlChoice::automatic;
  if (raw.perturbation != "auto") {
    options.perturbation = number_of(raw.perturbation);
  }
  options.threads = raw.threads == "auto" ? 0 : static_cast<int>(number_of(raw.threads));
  options.read_config = config_of_run;
}

/// Tells maps and the input among the files apart.
void sort_files(EvaluateOptions& options, const RawEvaluation& raw) {
  for (const std::string& file : raw.files) {
    if (is_map_file(file)) {
      options.maps.push_back(file);
    } else if (options.input.path.empty() && raw.files.size() > 1) {
      options.input.path = file;
    } else {
      throw Error(fmt::format("'{}' has no dataset /embedding: it is no map that distsne embed has written", file),
                  ExitCode::bad_input);
    }
  }
  if (options.maps.empty()) {
    throw Error("none of the files is a map that distsne embed has written", ExitCode::bad_input);
  }
}

}  // namespace

void run_evaluate(const Communicator& comm, const Arguments& arguments) {
  EvaluateOptions options;
  RawEvaluation raw;
  CLI::App app("Judge maps: neighborhoods, labels, distances and the KL divergence, on all ranks that mpirun starts",
               "distsne evaluate");
  add_options(app, options, raw);
  if (!parse(comm, app, arguments, [&] { finish(options, raw); })) {
    return;
  }
  attempt_everywhere(comm, [&] { sort_files(options, raw); });
  evaluate(comm, options);
}

}  // namespace distsne
