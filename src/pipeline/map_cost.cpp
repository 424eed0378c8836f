/// Affinities as in the run, with neighbors searched exactly where that is quick, and one evaluation of the objective.
#include "pipeline/map_cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "affinity/matrix.hpp"
#include "affinity/row.hpp"
#include "affinity/sparse.hpp"
#include "embed/objective.hpp"
#include "mpi/row_exchange.hpp"
#include "neighbors/compare.hpp"
#include "pipeline/weights_of_rows.hpp"
#include "quality/distances.hpp"
#include "quality/estimate.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows_of_exact_sum = 20000;
constexpr double accuracy = 1e-3;
constexpr GlobalIndex sampled = 500;
constexpr std::uint32_t sample_draw = 13;

/// The joint affinities of a map, and its points and their weights in their order.
template <class Real>
struct Judged {
  JointAffinities<Real> joint;
  AffinityEntropy entropy;
  Embedding<Real> map;
  RowWeights<Real> weights = {};
};

/// Squared distances as the affinities take them, and the affinities themselves.
class RowCost {
 public:
  RowCost(const AffinityOptions& options, const Kernel& kernel) : options_(options), kernel_(kernel) {}

  /// sum_j p_j|i (log p_j|i - log w_ij) of one row over neighbors at these distances in the data and in the map. Where
  /// rows have weights, the row's own and those of the neighbors: of one of the points that it stands for, over all
  /// points of the neighbors and its own duplicates.
  double operator()(std::span<const float> distances, std::span<const double> squared_in_map, double own_weight,
                    std::span<const double> weights) {
    const std::size_t k = distances.size();
    const double duplicates = duplicates_of(own_weight);
    const std::size_t points = k + (duplicates > 0.0 ? 1 : 0);
    const double unit = static_cast<double>(*std::max_element(distances.begin(), distances.end()));
    values_.assign(round_up(points + 1, 16), 0.0);
    for (std::size_t n = 0; n < k; ++n) {
      const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
      values_[n] = relative * relative;
    }
    weights_.assign(weights.empty() ? 0 : values_.size(), 0.0);
    if (!weights.empty()) {
      std::copy(weights.begin(), weights.end(), weights_.begin());
      weights_[k] = duplicates;
    }
    affinity_row(std::span<double>(values_), points, points, options_, unit * unit, scratch_,
                 std::span<const double>(weights_));
    double cost = 0.0;
    for (std::size_t n = 0; n < points; ++n) {
      if (values_[n] > 0.0) {
        const double of_point = weights.empty() ? values_[n] : values_[n] / weights_[n];
        cost += values_[n] * (std::log(of_point) + (n < k ? kernel_.energy(squared_in_map[n]) : 0.0));
      }
    }
    return cost;
  }

 private:
  AffinityOptions options_;
  Kernel kernel_;
  AlignedVector<double> values_;
  AlignedVector<double> weights_;
  AlignedVector<double> scratch_;
};

/// Squared distances in the map from points to rows: `named` has a number of rows for each point.
template <class Real>
std::vector<double> squared_in_map(const Communicator& comm, const Embedding<Real>& map,
                                   std::span<const LocalIndex> points, std::span<const GlobalIndex> named) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const RowExchange plan = RowExchange::fetch(comm, map.partition, named);
  std::vector<Real> others(named.size() * dims);
  plan.move(comm, std::span<const Real>(map.values), dims, std::span<Real>(others));
  std::vector<double> squared(named.size(), 0.0);
  for (std::size_t i = 0; i < named.size(); ++i) {
    const auto own = map.row(points[i / (named.size() / points.size())]);
    for (std::size_t m = 0; m < dims; ++m) {
      squared[i] += std::pow(static_cast<double>(own[m]) - static_cast<double>(others[i * dims + m]), 2);
    }
  }
  return squared;
}

/// Weights of rows and of those that they name; 1 and none where rows have no weights.
class NamedWeights {
 public:
  /// `own` are those of the rows of this rank.
  NamedWeights(const Communicator& comm, const RowPartition& partition, const RowWeights<double>& own,
               std::span<const GlobalIndex> named)
      : own_(own) {
    if (own) {
      named_.resize(named.size());
      RowExchange::fetch(comm, partition, named)
          .move(comm, std::span<const double>(*own), 1, std::span<double>(named_));
    }
  }
  [[nodiscard]] double of(LocalIndex row) const { return own_ ? (*own_)[static_cast<std::size_t>(row)] : 1.0; }
  [[nodiscard]] std::span<const double> named(std::size_t first, std::size_t count) const {
    return own_ ? std::span(named_).subspan(first, count) : std::span<const double>();
  }

 private:
  const RowWeights<double>& own_;
  std::vector<double> named_;
};

/// How much the true neighbors of a row would cost more than those found, on average over sampled rows of the graph,
/// each as often as it weighs.
template <class Real>
Estimate cost_of_recall(const Communicator& comm, const Rerun& rerun, const DistributedMatrix<float>& x,
                        const NeighborGraph& graph, const Embedding<Real>& map) {
  const Config& config = rerun.config;
  const std::vector<LocalIndex> rows = sampled_rows(graph.partition, graph.rank, sampled, config.seed, sample_draw);
  // The rows of the sample and what the graph has for them go to where the rows of the input are.
  const auto k = static_cast<std::size_t>(graph.k);
  std::vector<GlobalIndex> found;
  for (const LocalIndex row : rows) {
    const auto neighbors = graph.neighbors_of(row);
    found.insert(found.end(), neighbors.begin(), neighbors.end());
  }
  std::vector<double> in_map = squared_in_map(comm, map, rows, found);
  const auto weights_of_graph = weights_of<double>(comm, rerun.plan, graph.input_row);
  const NamedWeights of_found(comm, graph.partition, weights_of_graph, found);
  RowCost cost(fitted_to(config.affinity, x.rows(), config.k), kernel_of(config.objective));
  std::vector<double> of_row(static_cast<std::size_t>(graph.local_rows()), 0.0);
  std::vector<std::uint8_t> chosen(of_row.size(), 0);
  for (std::size_t s = 0; s < rows.size(); ++s) {
    of_row[static_cast<std::size_t>(rows[s])] = cost(graph.distances_of(rows[s]), std::span(in_map).subspan(s * k, k),
                                                     of_found.of(rows[s]), of_found.named(s * k, k));
    chosen[static_cast<std::size_t>(rows[s])] = 1;
  }
  const RowExchange home = RowExchange::deliver(comm, x.partition, graph.input_row);
  std::vector<double> at_home(home.arriving());
  std::vector<std::uint8_t> chosen_at_home(home.arriving());
  home.move(comm, std::span<const double>(of_row), 1, std::span<double>(at_home));
  home.move(comm, std::span<const std::uint8_t>(chosen), 1, std::span<std::uint8_t>(chosen_at_home));
  Embedding<Real> map_at_home(x.partition, x.rank, map.columns);
  home.move(comm, std::span<const Real>(map.values), static_cast<std::size_t>(map.columns),
            std::span<Real>(map_at_home.values));
  std::vector<LocalIndex> queries;
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    if (chosen_at_home[static_cast<std::size_t>(i)] != 0) {
      queries.push_back(i);
    }
  }
  const RowComparison truth = compare_rows(comm, x, queries, graph.k, {}, 0);
  const std::vector<GlobalIndex> nearest(truth.nearest.begin(), truth.nearest.end());
  in_map = squared_in_map(comm, map_at_home, queries, nearest);
  const auto weights_at_home = in_input_order<double>(rerun.plan.weights);
  const NamedWeights of_nearest(comm, x.partition, weights_at_home, nearest);
  const double points_of_row = rerun.plan.points() / static_cast<double>(x.rows());
  std::vector<double> more;
  for (std::size_t s = 0; s < queries.size(); ++s) {
    const double weight = of_nearest.of(queries[s]);
    more.push_back(weight / points_of_row *
                   (cost(std::span(truth.distances).subspan(s * k, k), std::span(in_map).subspan(s * k, k), weight,
                         of_nearest.named(s * k, k)) -
                    at_home[static_cast<std::size_t>(queries[s])]));
  }
  return mean_of_rows(comm, more, x.rows());
}

/// Affinities that were given, read again.
template <class Real>
Judged<Real> of_given(const Communicator& comm, const Rerun& rerun, Embedding<Real>&& map) {
  const InputDescription& matrix = rerun.plan.graph.indices;
  MatrixAffinities<Real> given =
      given_affinities(comm, read_sparse_matrix<Real>(comm, matrix), rerun.config.objective.method == Method::sne,
                       fmt::format("'{}', dataset '{}'", matrix.path, matrix.dataset));
  const AffinityEntropy entropy{given.conditional_p_log_p, given.joint.sum_p_log_p};
  return {std::move(given.joint), entropy, std::move(map)};
}

/// Affinities of the rows, with neighbors that are looked for anew.
template <class Real>
Judged<Real> of_rows(const Communicator& comm, const Rerun& rerun, Embedding<Real>&& map, MapCost& cost) {
  const Config& config = rerun.config;
  DistributedMatrix<Real> x = rerun.rows<Real>(comm);
  ConditionalAffinities<Real> conditional;
  RowWeights<Real> weights;
  if (rerun.plan.dense) {
    conditional = dense_affinities(comm, x, rerun.affinity);
  } else {
    DistributedMatrix<float> rows(x.partition, x.rank, x.columns);
    std::transform(x.values.begin(), x.values.end(), rows.values.begin(),
                   [](Real value) { return static_cast<float>(value); });
    x = {};
    DistributedMatrix<float> copy = rows;
    FoundNeighbors found = find_neighbors(comm, std::move(copy), rerun.search(rerun.plan.neighbors));
    cost.recall = found.report.recall;
    map = in_graph_order(comm, map, found.graph);
    if (!found.report.exact) {
      const Estimate more = cost_of_recall(comm, rerun, rows, found.graph, map);
      const double terms = config.objective.method == Method::sne ? static_cast<double>(rows.rows()) : 1.0;
      cost.margin = terms * (std::abs(more.value) + more.margin);
    }
    rows = {};
    weights = weights_of<Real>(comm, rerun.plan, found.graph.input_row);
    conditional = sparse_affinities<Real>(comm, std::move(found.graph), rerun.affinity, RowWeights<Real>(weights));
  }
  Judged<Real> judged;
  judged.weights = std::move(weights);
  judged.entropy.conditional_p_log_p = conditional.sum_p_log_p;
  judged.joint = joint_affinities(comm, std::move(conditional));
  judged.entropy.joint_p_log_p = judged.joint.sum_p_log_p;
  judged.map = std::move(map);
  return judged;
}

template <class Real>
MapCost cost_with(const Communicator& comm, const Rerun& rerun, const MapDescription& description) {
  const Config& config = rerun.config;
  MapCost cost;
  Embedding<Real> map = read_matrix<Real>(comm, description.embedding);
  Judged<Real> judged = config.affinity.kind == AffinityKind::given ? of_given(comm, rerun, std::move(map))
                                                                    : of_rows(comm, rerun, std::move(map), cost);
  map = std::move(judged.map);
  ObjectiveOptions options = config.objective;
  options.dims = map.columns;
  options.field = map.rows() <= rows_of_exact_sum ? FieldKind::direct : FieldKind::grid;
  options.accuracy = std::min(options.accuracy, accuracy);
  const auto objective = make_objective<Real>(comm, options, std::move(judged.joint), judged.entropy);
  CurrentMap<Real> current(comm, map, judged.weights);
  Timers timers;
  cost.force_error = objective->field().calibrate(current, timers);
  cost.margin += cost.force_error * (config.objective.method == Method::sne ? static_cast<double>(map.rows()) : 1.0);
  ObjectiveValue value;
  objective->evaluate(current, 1.0, true, value, timers);
  cost.value = value.cost;
  return cost;
}

}  // namespace

MapCost cost_of_map(const Communicator& comm, const Rerun& rerun, const MapDescription& map) {
  return rerun.config.precision == Precision::single ? cost_with<float>(comm, rerun, map)
                                                     : cost_with<double>(comm, rerun, map);
}

}  // namespace distsne
