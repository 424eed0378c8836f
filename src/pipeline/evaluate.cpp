/// Judging maps: rows against all rows in data and map, then labels, distances and the cost.
#include "pipeline/evaluate.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "io/map_file.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "neighbors/compare.hpp"
#include "pipeline/input_rows.hpp"
#include "pipeline/map_cost.hpp"
#include "pipeline/map_input.hpp"
#include "pipeline/map_report.hpp"
#include "pipeline/reliability.hpp"
#include "pipeline/stages.hpp"
#include "pipeline/weights.hpp"
#include "quality/classes.hpp"
#include "quality/distances.hpp"
#include "quality/neighborhood.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex most_compared = 50000;  // by default, with all rows
constexpr GlobalIndex usual_sample = 4000;
constexpr GlobalIndex distance_sample = 2000;
constexpr std::uint32_t query_draw = 10;
constexpr std::array<LocalIndex, 2> neighborhoods{10, 50};

/// What is judged, and by what.
struct Case {
  std::vector<MapDescription> maps;
  std::vector<std::optional<Config>> configs;  // of the maps' runs, where they tell
  std::vector<std::optional<Rerun>> reruns;    // where they are wanted
  InputDescription input;
  ClassLabels labels;
};

bool wants_cost(const EvaluateOptions& options, const Case& judged, std::size_t map) {
  return judged.configs[map] && options.kl != KlChoice::never &&
         (options.kl == KlChoice::always || judged.input.rows <= kl_rows_of_automatic);
}

/// What the run of a map began with.
Rerun rerun_of(const Communicator& comm, const EvaluateOptions& options, const Case& judged, std::size_t map) {
  Config config = *judged.configs[map];
  config.input = rows_of_map(options.input, judged.maps[0], config);
  if (!config.weights.empty()) {  // which another file of the rows may lack
    const char* const remedy = options.reliability ? "--input" : "--input, or leave the KL divergence out with --kl no";
    static_cast<void>(
        read_weights_again(comm, config, describe_input(comm, config.input), judged.maps[map].embedding.path, remedy));
  }
  return Rerun(comm, config);
}

Case make_case(const Communicator& comm, const EvaluateOptions& options) {
  Case found;
  for (const std::string& path : options.maps) {
    found.maps.push_back(describe_map(comm, path));
    const MapDescription& map = found.maps.back();
    std::optional<Config> config;
    if (!map.config.empty()) {
      attempt_everywhere(comm, [&] { config = options.read_config(map.config); });
    }
    found.configs.push_back(config);
    if (options.reliability) {
      require_reliability_defined(comm, map, config);
    }
    if (options.write) {
      require_writable(comm, path, "");
    }
  }
  found.input = input_of_map(comm, options.input, found.maps[0], found.configs[0], "--input");
  for (const MapDescription& map : found.maps) {
    require_everywhere(
        comm, map.embedding.rows == found.input.rows,
        fmt::format("'{}' is a map of {} rows and '{}', dataset '{}' has {}: it is not a map of them",
                    map.embedding.path, map.embedding.rows, found.input.path, found.input.dataset, found.input.rows));
  }
  for (std::size_t m = 0; m < found.maps.size(); ++m) {
    const bool wanted = options.reliability || wants_cost(options, found, m);
    found.reruns.push_back(wanted ? std::optional<Rerun>(rerun_of(comm, options, found, m)) : std::nullopt);
  }
  if (!options.json.empty()) {
    require_writable(comm, options.json, found.input.path);
  }
  if (options.labels != no_labels) {
    found.labels = read_class_labels(comm, found.maps[0].embedding, options.labels);
  }
  return found;
}

DistributedMatrix<float> data_rows(const Communicator& comm, const EvaluateOptions& options, const Case& judged) {
  const Metric of_run = judged.configs[0] ? judged.configs[0]->metric : Metric::euclidean;
  const Metric metric = options.metric.value_or(of_run);
  RowTreatment treatment;
  treatment.metric = metric;
  if (judged.configs[0]) {
    treatment.preprocess = judged.configs[0]->preprocess;
  }
  if (options.components && *options.components < judged.input.columns) {
    treatment.components = *options.components;
  }
  Preparation found;
  return prepare_rows<float>(comm, read_raw_rows<float>(comm, judged.input, treatment), treatment, found);
}

/// The lists of several maps side by side, for each query.
std::vector<CompactIndex> side_by_side(const std::vector<RowComparison>& parts, std::size_t queries) {
  std::vector<CompactIndex> all;
  for (std::size_t q = 0; q < queries; ++q) {
    for (const RowComparison& part : parts) {
      all.insert(all.end(), part.nearest_of(q).begin(), part.nearest_of(q).end());
    }
  }
  return all;
}

/// The data's comparison with the ranks that are for one map.
RowComparison for_map(const RowComparison& data, std::size_t map, LocalIndex k, std::size_t queries) {
  RowComparison one = data;
  one.named = k;
  one.ranks.clear();
  for (std::size_t q = 0; q < queries; ++q) {
    const auto ranks = data.ranks_of(q).subspan(map * static_cast<std::size_t>(k), static_cast<std::size_t>(k));
    one.ranks.insert(one.ranks.end(), ranks.begin(), ranks.end());
  }
  return one;
}

/// A column of all rows from the values of the compared ones.
MapColumn column(const std::string& name, LocalIndex rows, std::span<const LocalIndex> queries,
                 const std::vector<double>& values) {
  MapColumn result{"quality/" + name,
                   std::vector<float>(static_cast<std::size_t>(rows), std::numeric_limits<float>::quiet_NaN())};
  for (std::size_t q = 0; q < queries.size(); ++q) {
    result.own[static_cast<std::size_t>(queries[q])] = static_cast<float>(values[q]);
  }
  return result;
}

class Judge {
 public:
  Judge(const Communicator& comm, const EvaluateOptions& options, const Case& judged)
      : comm_(comm), options_(options), case_(judged), partition_(judged.input.rows, comm.size()) {}

  std::vector<MapReport> judge() {
    const GlobalIndex rows = case_.input.rows;
    const GlobalIndex wanted = options_.sample > 0 ? options_.sample : rows <= most_compared ? rows : usual_sample;
    queries_ = sampled_rows(partition_, comm_.rank(), wanted, options_.seed, query_draw);
    k_ = static_cast<LocalIndex>(std::clamp<GlobalIndex>((rows - 1) / 2, 1, neighborhoods.back()));
    const DistributedMatrix<float> x = data_rows(comm_, options_, case_);
    std::vector<Embedding<float>> maps;
    std::vector<RowComparison> in_map;
    for (const MapDescription& map : case_.maps) {
      maps.push_back(read_matrix<float>(comm_, map.embedding));
      in_map.push_back(compare_rows(comm_, maps.back(), queries_, k_, {}, 0));
    }
    const RowComparison in_data = compare_rows(comm_, x, queries_, k_, side_by_side(in_map, queries_.size()),
                                               k_ * static_cast<LocalIndex>(maps.size()));
    std::vector<double> data_hits;
    if (!case_.labels.classes.empty()) {
      data_hits = nearest_class_hits(comm_, case_.labels, queries_, in_data, std::min<LocalIndex>(10, k_));
    }
    std::vector<MapReport> reports;
    for (std::size_t m = 0; m < maps.size(); ++m) {
      in_map[m].named = k_;
      in_map[m].ranks = compare_rows(comm_, maps[m], queries_, 1, in_data.nearest, k_).ranks;
      MapReport report;
      report.map = case_.maps[m];
      report.weighted = case_.configs[m] && !case_.configs[m]->weights.empty();
      report.rows = rows;
      add_neighborhoods(for_map(in_data, m, k_, queries_.size()), in_map[m], report);
      if (!case_.labels.classes.empty()) {
        add_labels(x, maps[m], in_map[m], data_hits, report);
      }
      const DistanceAgreement far = distance_agreement(comm_, x, maps[m], distance_sample, options_.seed);
      report.add("spearman", "Spearman correlation of distances", far.spearman);
      report.add("triplets", "random triplets in the same order", far.triplets);
      reports.push_back(std::move(report));
    }
    return reports;
  }

 private:
  void add(MapReport& report, const std::string& key, const std::string& text,
           const std::vector<double>& values) const {
    report.add(key, text, mean_of_rows(comm_, values, case_.input.rows));
    report.columns.push_back(column(key, partition_.size(comm_.rank()), queries_, values));
  }

  void add_neighborhoods(const RowComparison& in_data, const RowComparison& in_map, MapReport& report) const {
    for (const LocalIndex k : neighborhoods) {
      if (k > k_) {
        continue;
      }
      const NeighborhoodScores scores = neighborhood_scores(in_data, in_map, k, case_.input.rows);
      add(report, fmt::format("preservation_{}", k), fmt::format("{}-neighbor preservation", k), scores.preservation);
      add(report, fmt::format("trustworthiness_{}", k), fmt::format("trustworthiness of {}", k),
          scores.trustworthiness);
      add(report, fmt::format("continuity_{}", k), fmt::format("continuity of {}", k), scores.continuity);
    }
  }

  void add_labels(const DistributedMatrix<float>& x, const Embedding<float>& map, const RowComparison& in_map,
                  const std::vector<double>& data_hits, MapReport& report) const {
    const ClassLabels& labels = case_.labels;
    const LocalIndex k = std::min<LocalIndex>(10, k_);
    add(report, "label_hit_1", "1-NN label accuracy", nearest_class_hits(comm_, labels, queries_, in_map, 1));
    add(report, fmt::format("label_hit_{}", k), fmt::format("{}-NN label accuracy", k),
        nearest_class_hits(comm_, labels, queries_, in_map, k));
    report.add(fmt::format("data_label_hit_{}", k), fmt::format("{}-NN label accuracy in the data", k),
               mean_of_rows(comm_, data_hits, case_.input.rows));
    const std::vector<double> silhouette = silhouettes(comm_, map, labels, queries_);
    add(report, "silhouette", "silhouette", silhouette);
    const std::vector<std::int64_t> sizes = class_sizes(comm_, labels);
    for (std::size_t c = 0; c < labels.classes.size(); ++c) {
      std::vector<double> of_class(queries_.size(), std::numeric_limits<double>::quiet_NaN());
      for (std::size_t q = 0; q < queries_.size(); ++q) {
        if (labels.of_row[static_cast<std::size_t>(queries_[q])] == static_cast<std::int32_t>(c)) {
          of_class[q] = silhouette[q];
        }
      }
      report.silhouettes.emplace_back(labels.classes[c], mean_of_rows(comm_, of_class, sizes[c]));
    }
    const std::vector<double> in_data = class_centers(comm_, x, labels);
    const std::vector<double> in_plane = class_centers(comm_, map, labels);
    report.add("centers", "Spearman correlation of class centers",
               {center_correlation(in_data, in_plane, labels.classes.size()), 0.0, case_.input.rows});
  }

  const Communicator& comm_;
  const EvaluateOptions& options_;
  const Case& case_;
  RowPartition partition_;
  std::vector<LocalIndex> queries_;
  LocalIndex k_ = 0;
};

void add_reliability(const Communicator& comm, const EvaluateOptions& options, const Case& judged, std::size_t map,
                     MapReport& report) {
  const Reliability found = reliability_of_map(comm, *judged.reruns[map], judged.maps[map], options.perturbation);
  const GlobalIndex rows = judged.input.rows;
  report.add("perturbation", "perturbation score", mean_of_rows(comm, found.perturbation, rows));
  report.add("perturbation_length", "  of rows moved by", {found.length, 0.0, rows});
  report.add("singularity_high", "singularity score, highest 5 %", {found.high_singularity, 0.0, rows});
  for (const auto& [name, values] :
       {std::pair("quality/perturbation", &found.perturbation), std::pair("quality/singularity", &found.singularity)}) {
    report.columns.push_back({name, std::vector<float>(values->begin(), values->end())});
  }
}

}  // namespace

void evaluate(const Communicator& comm, const EvaluateOptions& options) {
  const Case judged = make_case(comm, options);
  const SettledRanks settled(comm, options.threads > 0 ? options.threads : fitting_threads(comm));
  std::vector<MapReport> reports = Judge(comm, options, judged).judge();
  for (std::size_t m = 0; m < reports.size(); ++m) {
    if (wants_cost(options, judged, m)) {
      const MapCost cost = cost_of_map(comm, *judged.reruns[m], judged.maps[m]);
      reports[m].add_first("kl", "KL divergence", {cost.value, cost.margin, judged.input.rows});
      reports[m].recall = cost.recall;
    }
    if (options.reliability) {
      add_reliability(comm, options, judged, m, reports[m]);
    }
  }
  if (options.write) {
    for (MapReport& report : reports) {
      add_map_columns(comm, report.map.embedding.path, RowPartition(judged.input.rows, comm.size()), report.columns);
    }
  }
  attempt_on_root(comm, [&] {
    if (!options.quiet) {
      print_reports(reports, judged.labels.name);
    }
    if (!options.json.empty()) {
      write_reports(options.json, reports, judged.labels.name);
    }
  });
}

}  // namespace distsne
