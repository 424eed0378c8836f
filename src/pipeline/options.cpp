/// The table of options. To add one, (1) give it a field with its default in the options of its stage or in Config, and
/// an enumeration its list of words beside it; (2) add one row below, where --help is to list it: `.in` says which
/// commands have it and whether maps in memory do, `.value` binds the field by a form of base/option_value.hpp, `.help`
/// is one sentence with the unit, `.serves` names options and words without which it has no effect, and `.bears =
/// false` says that the map does not depend on it, `.steers` that it may change on the way; (3) check in `complete`
/// what must hold between several options; (4) add it to DEFAULTS and OTHER in tests/cli/test_options.py and, if it
/// matters to most users, to the README. The command line, --help, config files, --dump-config and the identity of
/// checkpoints follow.
#include "pipeline/options.hpp"

#include <algorithm>
#include <limits>

namespace distsne {
namespace {

struct Row {
  std::vector<Command> in;
  Option option;
};

const std::vector<Command> everywhere{Command::embed, Command::neighbors, Command::plan, Command::map};
const std::vector<Command> for_maps{Command::embed, Command::plan, Command::map};
// Of no use in memory: files, time, and what is said on a terminal.
const std::vector<Command> for_programs{Command::embed, Command::neighbors, Command::plan};
const std::vector<Command> for_files{Command::embed, Command::plan};
const std::vector<Command> computing{Command::embed, Command::neighbors};

constexpr const char* files = "Input and output";
constexpr const char* reduction = "Metric and reduction";
constexpr const char* neighbors = "Neighbors";
constexpr const char* affinities = "Affinities";
constexpr const char* map = "The map";
constexpr const char* optimization = "Optimization";
constexpr const char* repulsion = "Repulsion";
constexpr const char* ensemble = "Several maps";
constexpr const char* time = "Checkpoints and time";
constexpr const char* run = "The run";

/// --max-time auto|off|TIME.
OptionValue time_limit(Config& config) {
  OptionValue option = value_or("off", config.time_limit, duration());
  option.shown = "auto|off|TIME";
  option.words = {"auto", "off"};
  option.read = [&config, read = option.read](const std::string& text) {
    config.time_limit_of_job = text == "auto";
    std::string wrong = read(config.time_limit_of_job ? "off" : text);
    return wrong.empty() ? wrong : wrong + " or auto";
  };
  option.write = [&config, write = option.write] {
    return config.time_limit_of_job && !config.time_limit ? "auto" : write();
  };
  return option;
}

constexpr double no_limit = std::numeric_limits<double>::infinity();

/// --memory auto|off|SIZE.
OptionValue memory_limit(Config& config) {
  OptionValue option = value_or("auto", config.memory, memory_size());
  option.shown = "auto|off|SIZE";
  option.words = {"auto", "off"};
  option.read = [&config, read = option.read](const std::string& text) {
    if (text == "off") {
      config.memory = no_limit;
      return std::string();
    }
    std::string wrong = read(text);
    return wrong.empty() ? wrong : wrong + " or off";
  };
  option.write = [&config, write = option.write] { return config.memory == no_limit ? "off" : write(); };
  return option;
}

std::vector<Row> files_rows(Config& config) {
  const auto output = [&](const char* help, bool required) {
    return Option{.name = "output",
                  .value = text(config.output, "FILE"),
                  .group = files,
                  .help = help,
                  .letter = 'o',
                  .required = required,
                  .bears = false};
  };
  const auto input = [&](bool required) {
    return Option{.name = "input",
                  .value = text(config.input.path, "INPUT"),
                  .group = files,
                  .help = "File with one row per point: HDF5, AnnData, NumPy, CSV, ... (see distsne info)",
                  .positional = true,
                  .required = required,
                  .bears = false};
  };
  return {
      {for_files, input(false)},
      {{Command::neighbors}, input(true)},
      {{Command::embed}, output("Result file (HDF5), written when all is done", true)},
      {{Command::plan}, output("Result file (HDF5), written when all is done", false)},
      {{Command::neighbors}, output("Graph file (HDF5), written when all is done", true)},
  };
}

std::vector<Row> stage_rows(Config& config) {
  PreprocessOptions& steps = config.preprocess;
  return {
      {everywhere,
       {.name = "normalize",
        .value = value_or("off", steps.normalize, positive()),
        .group = reduction,
        .help = "Scale each row to this sum first, as in 1e4 for counts of cells"}},
      {everywhere,
       {.name = "log1p", .value = flag(steps.log1p), .group = reduction, .help = "Then take log(1 + x) of each value"}},
      {everywhere,
       {.name = "arcsinh",
        .value = value_or("off", steps.arcsinh, positive()),
        .group = reduction,
        .help = "Take arcsinh(x / NUMBER), as in 5 for mass cytometry and 150 for flow"}},
      {everywhere,
       {.name = "scale",
        .value = flag(steps.scale),
        .group = reduction,
        .help = "Then divide columns by their standard deviations"}},
      {everywhere,
       {.name = "metric",
        .value = one_of(config.metric, metric_words),
        .group = reduction,
        .help = "How unlike rows are: euclidean; cosine: the angle between them; correlation: that of rows less their "
                "means"}},
      {everywhere,
       {.name = "pca",
        .value = value_or("off", config.components, whole(1, 100000)),
        .group = reduction,
        .help = "Principal components that rows with more columns are reduced to first"}},

      {for_maps,
       {.name = "neighbors",
        .value = one_of(config.neighbors, neighbor_words),
        .group = neighbors,
        .help = "Rows that each row is compared with: all of them; the k nearest, exactly; the k nearest with "
                "--recall; auto: all up to 2,500 rows, else the nearest, exactly where that is quick",
        .serves = {{"graph", {""}}}}},
      {{Command::neighbors},
       {.name = "neighbors",
        .value = one_of(config.neighbors, neighbor_words, {NeighborChoice::all}),
        .group = neighbors,
        .help = "exact: the nearest of all rows; approx: with --recall; auto: exactly where that is quick"}},
      {everywhere,
       {.name = "k",
        .value = value_or("auto", config.k, whole(1, 100000)),
        .group = neighbors,
        .help = "Neighbors of each row; auto: 3 x perplexity, 15 for uniform affinities",
        .serves = {{"neighbors", {"auto", "exact", "approx"}}, {"affinity", {"given"}, true}}}},
      {everywhere,
       {.name = "recall",
        .value = value(config.recall, number_between(0.1, 1.0)),
        .group = neighbors,
        .help = "Share of the true neighbors that an approximate search finds at least",
        .serves = {{"neighbors", {"auto", "approx"}}, {"graph", {""}}}}},
      {for_files,
       {.name = "graph",
        .value = text(config.graph, "FILE"),
        .group = neighbors,
        .help = "Neighbors from this file instead of looking for them, as distsne neighbors writes it or scanpy "
                "(obsp/distances; with --affinity given obsp/connectivities); FILE:DATASET names another square sparse "
                "matrix; the input is then needed for --init pca and its labels only"}},

      {for_maps,
       {.name = "affinity",
        .value = one_of(config.affinity.kind, affinity_words),
        .group = affinities,
        .help = "perplexity: Gaussian, its width from --perplexity in each row; uniform: the same for all neighbors; "
                "sigma: Gaussian of one width for all rows; given: the values of --graph, made symmetric and their sum "
                "1 (sne: first that of each row)"}},
      {{Command::neighbors},
       {.name = "affinity",
        .value = one_of(config.affinity.kind, affinity_words, {AffinityKind::given}),
        .group = affinities,
        .help = "What the graph is to serve: perplexity, uniform or sigma, see distsne embed"}},
      {everywhere,
       {.name = "perplexity",
        .value = list_or("auto", config.affinity.perplexities, number_from(1.0)),
        .group = affinities,
        .help = "Effective number of neighbors of each point, at most rows - 1; of several, separated by commas, the "
                "affinities are averaged; auto: 30, or a third of the others where rows are few",
        .serves = {{"affinity", {"perplexity"}}}}},
      {everywhere,
       {.name = "sigma",
        .value = value(config.affinity.sigma, positive()),
        .group = affinities,
        .help = "Standard deviation of --affinity sigma, in the unit of the input",
        .serves = {{"affinity", {"sigma"}}}}},
      {for_files,
       {.name = "weights",
        .value = text(config.weights, "COLUMN"),
        .group = affinities,
        .help = "How many equal points each row stands for, as after clustering: a dataset beside the matrix, another "
                "annotation, or a column, which is then left out of the rows; numbers above 0. Affinities, repulsion "
                "and KL are those of all the points; PCA and the initial map take each row once. For tsne and ssne"}},
  };
}

std::vector<Row> map_rows(Config& config) {
  return {
      {for_maps,
       {.name = "method",
        .value = one_of(config.objective.method, method_words),
        .group = map,
        .help = "sne: Gaussian, a normalization for each row; ssne: Gaussian, symmetric; tsne: Student t"}},
      {for_maps,
       {.name = "dims",
        .value = value(config.objective.dims, whole(1, 3, "1|2|3")),
        .group = map,
        .help = "Dimensions of the map"}},
      {for_maps,
       {.name = "tail",
        .value = value(config.objective.tail, positive()),
        .group = map,
        .help = "a of the kernel (1 + d^2/a)^-a of tsne: 1 is t-SNE's own, below 1 heavier, large nearly Gaussian "
                "(degrees of freedom 2a - 1)",
        .serves = {{"method", {"tsne"}}}}},
      {for_maps,
       {.name = "init",
        .value = text(config.init, "auto|pca|random|spectral|multilevel|FILE"),
        .group = map,
        .help =
            "First positions: pca (spread 0.1 map units; classic 1e-4), random (the same spread), auto (pca, or "
            "random without an input), spectral (eigenvectors of the affinities), multilevel (a map of a tenth of "
            "the rows, the others placed in it), or an HDF5 file with a rows x dims dataset; FILE:DATASET names one of "
            "several"}},
      {for_maps,
       {.name = "init-scale",
        .value = one_of(config.initialization.scale, scale_words),
        .group = map,
        .help = "Size of the map of --init FILE: off: as it is; auto: with the spread of the other two, rows far out "
                "pulled in",
        .serves = {{"init", {"auto", "pca", "random", "spectral", "multilevel"}, true}}}},
      {for_maps,
       {.name = "anchor",
        .value = one_of(config.objective.anchor, anchor_words),
        .group = map,
        .help = "pca: hold rows near the map of the first principal components, at any scale of it, so that the whole "
                "keeps its arrangement"}},
      {for_maps,
       {.name = "anchor-strength",
        .value = value_or("auto", config.objective.anchor_strength, number_between(0.0, 1.0)),
        .group = map,
        .help =
            "lambda of the term lambda / N sum |y - a y'|^2 that --anchor and --align (a = 1, y' its place there) add "
            "to the cost (sne: of each row); auto: 1e-4 for --anchor, 0.1 for --align"}},
      {for_files,
       {.name = "align",
        .value = text(config.align, "FILE"),
        .group = map,
        .help = "An earlier map of some of the rows: begin with it, new rows amid their neighbors, and hold its rows "
                "near their places",
        .bears = false}},
      {for_files,
       {.name = "fix",
        .value = text(config.fix, "FILE"),
        .group = map,
        .help = "An earlier map of some of the rows, which keep their places to the bit while new ones are placed "
                "among them",
        .bears = false}},
      {for_files,
       {.name = "by",
        .value = text(config.by, "NAME"),
        .group = map,
        .help = "Dataset of the input and of the earlier map that tells which rows are the same; empty: row_names "
                "where both have them, else the order of the rows",
        .bears = false}},
  };
}

std::vector<Row> optimization_rows(Config& config) {
  ScheduleOptions& schedule = config.schedule;
  const Form<int> count = whole(0, 100000000, "INTEGER>=0");
  return {
      {for_maps,
       {.name = "schedule",
        .value = one_of(schedule.schedule, schedule_words),
        .group = optimization,
        .help = "annealed: exaggeration falls to 1 by degrees, Nesterov's momentum; classic: 250 iterations at full "
                "exaggeration, then 500 without, momentum 0.5 and 0.8"}},
      {for_maps,
       {.name = "iterations",
        .value = value_or("auto", schedule.iterations, count),
        .group = optimization,
        .help = "Updates in all; auto: until the KL falls by less than --tolerance, at most 3000 (classic: 750)",
        .steers = true}},
      {for_maps,
       {.name = "tolerance",
        .value = value_or("auto", schedule.tolerance, positive()),
        .group = optimization,
        .help = "Relative fall of the KL per iteration below which --iterations auto ends; auto: 3e-4 for 60,000 rows "
                "and more, less for fewer",
        .steers = true,
        .serves = {{"iterations", {"auto"}}}}},
      {for_maps,
       {.name = "exaggeration-iterations",
        .value = value_or("auto", schedule.exaggeration_iterations, count),
        .group = optimization,
        .help = "Updates of the exaggerated phases, among --iterations; auto: 40 for 60,000 rows and more, up to 800 "
                "for few (classic: 250; with --align or --fix: 0)",
        .steers = true}},
      {for_maps,
       {.name = "early-exaggeration",
        .value = value_or("auto", schedule.early_exaggeration, positive()),
        .group = optimization,
        .help = "Factor of the affinities at first; auto: 12 for tsne, 4 for sne and ssne",
        .steers = true}},
      {for_maps,
       {.name = "exaggeration-decay",
        .value = value_or("auto", schedule.exaggeration_decay, number_between(0, 1)),
        .group = optimization,
        .help =
            "Share of the exaggerated updates, the last ones, during which the factor falls; auto: 0.75 (classic: 0)",
        .steers = true}},
      {for_maps,
       {.name = "exaggeration",
        .value = value(schedule.exaggeration, positive()),
        .group = optimization,
        .help = "Factor of the affinities after that: above 1 clusters stay drawn together",
        .steers = true}},
      {for_maps,
       {.name = "learning-rate",
        .value = value_or("auto", schedule.learning_rate, positive()),
        .group = optimization,
        .help = "Step per unit of the gradient (which holds the factor 4, for sne 2); auto: rows / exaggeration for "
                "tsne, a quarter of it for ssne, 1/4 / exaggeration for sne; a tenth of these with gd, and 0.7 of "
                "the first or less in the last phase of nesterov",
        .steers = true}},
      {for_maps,
       {.name = "early-momentum",
        .value = value_or("auto", schedule.early_momentum, share()),
        .group = optimization,
        .help = "Share of the last step kept while exaggerated; auto: 0.9 or 0.95 (classic: 0.5)",
        .steers = true,
        .serves = {{"optimizer", {"auto", "nesterov", "gains"}}}}},
      {for_maps,
       {.name = "momentum",
        .value = value_or("auto", schedule.momentum, share()),
        .group = optimization,
        .help = "Share of the last step kept after that; auto: 0.98, for sne and ssne 0.9 (classic: 0.8)",
        .steers = true,
        .serves = {{"optimizer", {"auto", "nesterov", "gains"}}}}},
      {for_maps,
       {.name = "optimizer",
        .value = one_of_or("auto", schedule.optimizer, optimizer_words),
        .group = optimization,
        .help = "nesterov: momentum that looks ahead, and per-coordinate gains; gains: momentum and gains; gd: y <- y "
                "- eta dC/dy; auto: nesterov (classic: gains). Steps of the first two are at most 5 map units",
        .steers = true}},

      {for_maps,
       {.name = "field",
        .value = one_of(config.objective.field, field_words),
        .group = repulsion,
        .help = "direct: the exact sum over all pairs; grid: O(N) by a grid and transforms; auto: whichever is "
                "quicker"}},
      {for_maps,
       {.name = "accuracy",
        .value = value_or("auto", config.accuracy, number_between(1e-6, 0.1)),
        .group = repulsion,
        .help = "Relative error of the grid's forces (root mean square); auto: 0.03, which no map was seen to suffer "
                "from (classic: 0.01)",
        .serves = {{"field", {"auto", "grid"}}}}},
  };
}

std::vector<Row> ensemble_rows(Config& config) {
  EnsembleOptions& options = config.ensemble;
  return {
      {for_files,
       {.name = "seeds",
        .value = ranges_or("off", options.seeds),
        .group = ensemble,
        .help = "A map for each of these seeds, as in 1..20, instead of --seed, from one search for neighbors; of "
                "several, --init auto is random; the result holds all maps and how far each row spreads over them"}},
      {for_files,
       {.name = "perplexities",
        .value = list_or("off", options.perplexities, number_from(1.0)),
        .group = ensemble,
        .help = "A map for each of these perplexities, and for each seed, instead of --perplexity, which averages "
                "several in one map"}},
      {for_files,
       {.name = "bootstraps",
        .value = value(options.bootstraps, whole(0, 1000)),
        .group = ensemble,
        .help = "So many further maps, each of a part of the rows that is drawn anew"}},
      {for_files,
       {.name = "bootstrap-share",
        .value = value(options.share, number_between(0.5, 0.99)),
        .group = ensemble,
        .help = "Share of the rows in each of these",
        .serves = {{"bootstraps", {"0"}, true}}}},
  };
}

std::vector<Row> time_rows(Config& config) {
  const auto checkpoints = checkpoint_options(config.checkpoint, config.checkpoint_every, config.restart, time);
  return {
      {for_files, checkpoints[0]},
      {for_files, checkpoints[1]},
      {for_files,
       {.name = "max-time",
        .value = time_limit(config),
        .group = time,
        .help = "Stop in good order after this time, with exit code 75; auto: a minute before the end that Slurm "
                "announces, if any",
        .bears = false}},
      {for_files,
       {.name = "resume-with-changes",
        .value = flag(config.resume_with_changes),
        .group = time,
        .help = "Go on from a checkpoint although iterations, exaggeration, learning rate, momentum or optimizer are "
                "others now; the result names the changes",
        .configurable = false,
        .bears = false}},
      {for_files, checkpoints[2]},
  };
}

std::vector<Row> run_rows(Config& config) {
  Option quiet = quiet_option(flag(config.verbosity, Verbosity::quiet), run);
  quiet.excludes = "verbose";
  return {
      {for_maps,
       {.name = "precision",
        .value = one_of(config.precision, precision_words),
        .group = run,
        .help = "Type of points and affinities; sums are kept in double or integers"}},
      {for_maps,
       {.name = "measure-every",
        .value = value(config.measure_every, whole(1, 100000000, "INTEGER>=1")),
        .group = run,
        .help = "Iterations between two entries of the KL history",
        .bears = false}},
      {for_files,
       {.name = "snapshots",
        .value = value(config.snapshots, whole(0, 1000000)),
        .group = run,
        .help = "Keep the map of every so many iterations in the result, in 16 bits a coordinate, for distsne plot "
                "--film; 0: none",
        .bears = false}},
      {for_files,
       {.name = "live",
        .value = text(config.live, "FILE"),
        .group = run,
        .help = "Picture (.png, .svg or .pdf) of the map so far, drawn anew every 10 seconds",
        .bears = false}},
      {everywhere,
       {.name = "seed",
        .value = value(config.seed, whole_number()),
        .group = run,
        .help = "Seed of all random numbers"}},
      {everywhere, threads_option(config.threads, run)},
      {for_programs,
       {.name = "memory",
        .value = memory_limit(config),
        .group = run,
        .help = "Memory that the ranks of a host may take together: a run that is predicted to need more is refused "
                "before it starts; auto: what the host and the job's limit leave",
        .bears = false}},
      {for_programs,
       {.name = "log-json",
        .value = text(config.log_json, "FILE"),
        .group = run,
        .help = "Append the log to this file as well, an object of JSON on each line",
        .bears = false}},
      {for_programs, quiet},
      {for_programs,
       {.name = "verbose",
        .value = flag(config.verbosity, Verbosity::verbose),
        .group = run,
        .help = "Say more: gradient norms, time per phase, memory",
        .letter = 'v',
        .configurable = false,
        .bears = false}},
      {computing,
       {.name = "dry-run",
        .value = flag(config.dry_run),
        .group = run,
        .help = "Check all but the values, say what the run would take, and stop",
        .configurable = false,
        .bears = false}},
  };
}

}  // namespace

Option threads_option(int& threads, const std::string& group) {
  return {.name = "threads",
          .value = whole_or("auto", threads, whole(1, 4096)),
          .group = group,
          .help = "Threads of each rank; auto: the cores of a node shared out to its ranks",
          .bears = false};
}

Option quiet_option(OptionValue value, const std::string& group) {
  return {.name = "quiet",
          .value = std::move(value),
          .group = group,
          .help = "Say nothing but errors",
          .letter = 'q',
          .configurable = false,
          .bears = false};
}

std::array<Option, 3> checkpoint_options(std::string& file, double& seconds_between, bool& restart,
                                         const std::string& group) {
  return {{{.name = "checkpoint",
            .value = text(file, "auto|off|FILE"),
            .group = group,
            .help = "What is kept of a run that does not come to its end, so that the same command goes on from there; "
                    "auto: OUTPUT.checkpoint",
            .bears = false},
           {.name = "checkpoint-every",
            .value = value(seconds_between, duration()),
            .group = group,
            .help = "Time between two checkpoints",
            .bears = false},
           {.name = "restart",
            .value = flag(restart),
            .group = group,
            .help = "Start anew even if there is a checkpoint, and remove it",
            .configurable = false,
            .bears = false}}};
}

Options reading_options(InputOptions& input) {
  const Serves rows{"input", {""}, true};  // a graph alone has none
  return {
      {.name = "dataset",
       .value = text(input.dataset, "PATH"),
       .group = files,
       .help = "Path of the matrix in the input; not needed when the file has one matrix of numbers, or a usual place "
               "for it, such as obsm/X_pca or X of AnnData",
       .serves = {rows}},
      {.name = "transpose",
       .value = flag(input.transpose),
       .group = files,
       .help = "Take the columns of the matrix for rows",
       .serves = {rows}},
      {.name = "rows",
       .value = text(input.rows, "A:B,..."),
       .group = files,
       .help = "Take these rows only, counted from 0, A among them and B not; empty: all",
       .serves = {rows}},
      {.name = "where",
       .value = text(input.where, "NAME=VALUE,..."),
       .group = files,
       .help = "Of these, take rows only of which the file tells one of these values, or with != none of them",
       .serves = {rows}},
      {.name = "sample",
       .value = value(input.sample, whole(0, 2000000000, "INTEGER>=0")),
       .group = files,
       .help = "Of these, take so many by chance, as the seed has it; 0: all",
       .serves = {rows}},
      {.name = "columns",
       .value = text(input.columns, "NAME,NUMBER,A:B,..."),
       .group = files,
       .help = "Take these columns only, by their names or numbers counted from 0; empty: all",
       .serves = {rows}},
      {.name = "shape",
       .value = text(input.shape, "ROWS,COLUMNS"),
       .group = files,
       .help = "Rows and columns of numbers without a header",
       .serves = {rows}},
      {.name = "type",
       .value = text(input.type, "TYPE"),
       .group = files,
       .help = "Their type, such as f4, f8, i2, u1; with > before it the highest byte is first",
       .serves = {{"shape", {""}, true}}},
  };
}

Options run_options(Config& config, Command command) {
  Options options;
  for (const auto rows : {files_rows, stage_rows, map_rows, optimization_rows, ensemble_rows, time_rows, run_rows}) {
    for (const Row& row : rows(config)) {
      if (std::find(row.in.begin(), row.in.end(), command) != row.in.end()) {
        options.push_back(row.option);
      }
    }
    if (rows == files_rows && command != Command::map) {
      for (const Option& option : reading_options(config.input)) {
        options.push_back(option);
      }
    }
  }
  return options;
}

}  // namespace distsne
