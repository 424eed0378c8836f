/// distsne evaluate: how good maps are.
#include "pipeline/evaluate.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/run_config.hpp"
#include "io/map_file.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/options.hpp"

namespace distsne {
namespace {

constexpr Word<KlChoice> kl_words[] = {
    {"auto", KlChoice::automatic}, {"yes", KlChoice::always}, {"no", KlChoice::never}};

/// What an option says before it is known what it means.
struct RawEvaluation {
  std::vector<std::string> files;
  std::string labels = "auto";
  std::optional<std::uint64_t> sample;
};

Options table(EvaluateOptions& options, RawEvaluation& raw) {
  const std::string files = "Input and output";
  const std::string judged = "What is judged";
  const std::string run = "The run";
  return {
      {.name = "files",
       .value = texts(raw.files, "MAP..."),
       .group = files,
       .help = "Maps that distsne embed has written, of the same rows; one file without a map may be the input",
       .positional = true,
       .required = true},
      {.name = "input",
       .value = text(options.input.path, "FILE"),
       .group = files,
       .help = "File with the rows; not needed where the first map's file names it"},
      {.name = "dataset",
       .value = text(options.input.dataset, "PATH"),
       .group = files,
       .help = "Path of the matrix in the input"},
      {.name = "json",
       .value = text(options.json, "FILE"),
       .group = files,
       .help = "Write all figures to this file as well, as a JSON object"},
      {.name = "write",
       .value = flag(options.write),
       .group = files,
       .help = "Add the figures of each row to the maps' files, below /quality; NaN for rows that were not compared"},
      {.name = "labels",
       .value = text(raw.labels, "auto|none|NAME", {"auto", "none"}),
       .group = judged,
       .help = "Dataset of the first map's file that tells the rows' classes, or none; auto: the first of labels, "
               "label, y, target, class, cluster"},
      {.name = "metric",
       .value = one_of_or("auto", options.metric, metric_words),
       .group = judged,
       .help = "How unlike rows are; auto: as in the run of the first map"},
      {.name = "pca",
       .value = value_or("off", options.components, whole(1, 100000)),
       .group = judged,
       .help = "Principal components that the rows are reduced to before they are compared"},
      {.name = "sample",
       .value = value_or("auto", raw.sample, whole_number()),
       .group = judged,
       .help = "Rows that are compared with all rows, drawn by the seed; auto: all up to 50,000, beyond about 4,000"},
      {.name = "kl",
       .value = one_of(options.kl, kl_words),
       .group = judged,
       .help =
           "Compute the KL divergence anew from the data, as the map's run would: yes, no; auto: up to 200,000 rows"},
      {.name = "reliability",
       .value = flag(options.reliability),
       .group = judged,
       .help = "Find where the maps tear, for every row: how far its place goes when the row itself is moved "
               "(perturbation), and how near its cost is to losing its minimum (singularity)"},
      {.name = "perturbation",
       .value = value_or("auto", options.perturbation, positive()),
       .group = judged,
       .help = "By how much --reliability moves rows, in the unit of the rows as the run compared them; auto: how far "
               "neighbors are along the first three principal axes"},
      {.name = "seed", .value = value(options.seed, whole_number()), .group = run, .help = "Seed of the samples"},
      threads_option(options.threads, run),
      quiet_option(flag(options.quiet), run)};
}

void finish(EvaluateOptions& options, const RawEvaluation& raw) {
  options.labels = raw.labels == "auto" ? "" : raw.labels;
  if (raw.sample && (*raw.sample == 0 || *raw.sample > static_cast<std::uint64_t>(most_rows))) {
    throw Error(fmt::format("--sample: {}: auto or a number of rows from 1 is wanted", *raw.sample),
                ExitCode::bad_input);
  }
  options.sample = static_cast<GlobalIndex>(raw.sample.value_or(0));
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
  const CommandLine command{
      "distsne evaluate",
      "Judge maps: neighborhoods, labels, distances and the KL divergence, on all ranks that mpirun starts",
      table(options, raw), false};
  if (!parse(comm, command, arguments, [&] { finish(options, raw); })) {
    return;
  }
  attempt_everywhere(comm, [&] { sort_files(options, raw); });
  evaluate(comm, options);
}

}  // namespace distsne
