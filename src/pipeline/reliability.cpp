/// Neighbors in both directions, what others tell of themselves, then each row alone.
#include "pipeline/reliability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "affinity/moved_row.hpp"
#include "affinity/neighbor_distances.hpp"
#include "base/parallel.hpp"
#include "embed/placement.hpp"
#include "mpi/agreement.hpp"
#include "mpi/global_sort.hpp"
#include "mpi/index_map.hpp"
#include "mpi/interruption.hpp"
#include "pipeline/weights_of_rows.hpp"
#include "reduce/pca.hpp"

namespace distsne {
namespace {

constexpr LocalIndex most_axes = 3;
constexpr std::size_t most_starts = 3;  // its own place, and those of two others
constexpr std::int64_t rows_per_block = 16;
constexpr GlobalIndex rows_of_exact_sum = 20000;

/// What each row tells those that have an affinity with it, for the rows of this rank and those that they name.
class RowFacts {
 public:
  RowFacts(const Communicator& comm, const NeighborGraph& graph, const Embedding<float>& map,
           const DistributedMatrix<double>& scores, const AffinityOptions& affinity, const RowWeights<double>& weights)
      : dims_(static_cast<std::size_t>(map.columns)),
        axes_(static_cast<std::size_t>(scores.columns)),
        pairs_(both_directions(comm, graph)) {
    width_ = dims_ + axes_ + 1 + MovedRow(affinity, graph.k).width();
    const auto count = static_cast<std::size_t>(graph.local_rows());
    std::optional<IndexMap> neighbors;
    std::vector<double> of_neighbors;  // weights
    if (weights) {
      neighbors.emplace(graph.partition, comm.rank(), std::span<const CompactIndex>(graph.neighbors));
      of_neighbors = neighbors->with_ghosts(comm, std::span<const double>(*weights));
    }
    std::vector<double> own(count * width_);
    parallel_for(divide_up(static_cast<std::int64_t>(count), rows_per_block), [&](std::int64_t block) {
      MovedRow here(affinity, graph.k, weights.has_value());
      std::vector<double> named;
      for (std::int64_t i = block * rows_per_block;
           i < std::min<std::int64_t>(graph.local_rows(), (block + 1) * rows_per_block); ++i) {
        const auto local = static_cast<LocalIndex>(i);
        const auto facts = std::span(own).subspan(static_cast<std::size_t>(i) * width_, width_);
        std::copy(map.row(local).begin(), map.row(local).end(), facts.begin());
        std::copy(scores.row(local).begin(), scores.row(local).end(),
                  facts.begin() + static_cast<std::ptrdiff_t>(dims_));
        const double weight = weights ? (*weights)[static_cast<std::size_t>(i)] : 1.0;
        facts[dims_ + axes_] = weight;
        named.clear();
        for (const CompactIndex neighbor : graph.neighbors_of(local)) {
          if (weights) {
            named.push_back(of_neighbors[neighbors->local(neighbor)]);
          }
        }
        here.describe(graph.distances_of(local), weight, named, facts.subspan(dims_ + axes_ + 1));
      }
    });
    index_ = IndexMap(graph.partition, comm.rank(), std::span<const CompactIndex>(pairs_.columns));
    values_ = index_.with_ghosts(comm, std::span<const double>(own), width_);
  }

  /// Rows that have an affinity with one, and how far they are.
  [[nodiscard]] std::span<const CompactIndex> named(std::size_t row) const {
    return of<CompactIndex>(row, pairs_.columns);
  }
  [[nodiscard]] std::span<const float> distances(std::size_t row) const { return of<float>(row, pairs_.values); }
  [[nodiscard]] std::size_t dims() const { return dims_; }
  [[nodiscard]] std::size_t axes() const { return axes_; }

  [[nodiscard]] const double* of_own(std::size_t row) const { return values_.data() + row * width_; }
  [[nodiscard]] const double* of_named(CompactIndex row) const { return of_own(index_.local(row)); }
  [[nodiscard]] const double* score(const double* facts) const { return facts + dims_; }
  [[nodiscard]] double weight(const double* facts) const { return facts[dims_ + axes_]; }
  [[nodiscard]] const double* description(const double* facts) const { return facts + dims_ + axes_ + 1; }

 private:
  template <class T>
  [[nodiscard]] std::span<const T> of(std::size_t row, std::span<const T> values) const {
    const auto begin = static_cast<std::size_t>(pairs_.begin[row]);
    return values.subspan(begin, static_cast<std::size_t>(pairs_.begin[row + 1]) - begin);
  }

  std::size_t dims_;
  std::size_t axes_;
  std::size_t width_ = 0;
  SparseRows<float> pairs_;
  IndexMap index_;
  std::vector<double> values_;  // of the rows of this rank, then of those
};

/// One row after the other, in memory that is kept.
class RowJudge {
 public:
  /// In a map of so many points.
  RowJudge(const RowFacts& facts, const FrozenField& field, const Kernel& kernel, double points, MovedRow&& row)
      : facts_(facts), field_(field), kernel_(kernel), points_(points), moved_(std::move(row)) {}

  /// The row to be judged, where it is.
  void take(std::size_t row) {
    const auto named = facts_.named(row);
    const auto distances = facts_.distances(row);
    const std::size_t dims = facts_.dims();
    own_ = facts_.of_own(row);
    const double duplicates = duplicates_of(facts_.weight(own_));
    moving_ = std::min(1.0, facts_.weight(own_));
    rows_ = named.size();
    const std::size_t count = rows_ + (duplicates > 0.0 ? 1 : 0);  // its duplicates are the last of the others
    others_.resize(count);
    scores_.resize(count);
    places_.resize(count * dims);
    q_.resize(count);
    for (std::size_t n = 0; n < count; ++n) {
      const double* const facts = n < rows_ ? facts_.of_named(named[n]) : own_;
      const auto distance = n < rows_ ? static_cast<double>(distances[n]) : 0.0;
      others_[n] = {distance * distance, distance * distance, facts_.description(facts),
                    n < rows_ ? facts_.weight(facts) : duplicates};
      scores_[n] = facts_.score(facts);
      std::transform(facts, facts + dims, places_.begin() + static_cast<std::ptrdiff_t>(n * dims),
                     [](double value) { return static_cast<float>(value); });
    }
    std::copy_n(own_, dims, place_.begin());
  }

  /// sum_j q_j (e x_i - e x_j)^2 / sum_j q_j, the mean over the axes e.
  double squared_distance_along_axes() {
    find_affinities();
    double sum = 0.0;
    double weight = 0.0;
    for (std::size_t n = 0; n < q_.size(); ++n) {
      for (std::size_t axis = 0; axis < facts_.axes(); ++axis) {
        const double apart = facts_.score(own_)[axis] - scores_[n][axis];
        sum += q_[n] * apart * apart;
      }
      weight += q_[n];
    }
    return sum / (weight * static_cast<double>(facts_.axes()));
  }

  /// By the exact sum over all points of the map, or, where none are given, by the field.
  double singularity(std::span<const float> points, std::span<const float> weights) {
    find_affinities();
    const std::size_t dims = facts_.dims();
    const FrozenField::Value phi =
        points.empty() ? field_.at(place_.data()) : direct_value(points, dims, kernel_, place_.data(), weights);
    const LeaveOneOutLoss loss(field_, kernel_, points_, place_, moving_);
    return 0.5 * points_ / moving_ / least_curvature(loss.at({q_, places_}, place_.data(), phi), dims);
  }

  double perturbation(double length) {
    double farthest = 0.0;
    for (std::size_t axis = 0; axis < facts_.axes(); ++axis) {
      for (const double step : {length, -length}) {
        move(axis, step);
        find_affinities();
        farthest = std::max(farthest, way());
      }
    }
    return farthest;
  }

 private:
  /// |x_i + s e - x_j|^2 = |x_i - x_j|^2 + s^2 + 2 s e (x_i - x_j).
  void move(std::size_t axis, double step) {
    for (std::size_t n = 0; n < others_.size(); ++n) {
      const double apart = facts_.score(own_)[axis] - scores_[n][axis];
      others_[n].after = std::max(0.0, others_[n].before + step * (step + 2.0 * apart));
    }
  }
  void find_affinities() { moved_.affinities(others_, moving_, others_.size() > rows_, q_); }
  /// How far the least loss is from where the row is.
  double way() {
    const LeaveOneOutLoss loss(field_, kernel_, points_, place_, moving_);
    const PointAffinities affinities{q_, places_};
    const auto at = [&](const double* place) { return loss.at(affinities, place); };
    Minimum best = settle(field_, at, place_);
    const std::size_t dims = facts_.dims();
    for (const std::size_t n : nearest_by_affinity()) {
      std::array<double, 3> start{};
      std::copy_n(places_.begin() + static_cast<std::ptrdiff_t>(n * dims), dims, start.begin());
      const Minimum other = settle(field_, at, start);
      if (other.value < best.value) {
        best = other;
      }
    }
    double squared = 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      squared += (best.place[m] - place_[m]) * (best.place[m] - place_[m]);
    }
    return std::sqrt(squared);
  }
  [[nodiscard]] std::vector<std::size_t> nearest_by_affinity() const {
    std::vector<std::size_t> nearest;
    for (std::size_t n = 0; n < rows_; ++n) {
      const auto at = std::find_if(nearest.begin(), nearest.end(), [&](std::size_t m) { return q_[n] > q_[m]; });
      if (at != nearest.end() || nearest.size() < most_starts - 1) {
        nearest.insert(at, n);
        nearest.resize(std::min(nearest.size(), most_starts - 1));
      }
    }
    return nearest;
  }

  const RowFacts& facts_;
  const FrozenField& field_;
  Kernel kernel_;
  double points_;
  MovedRow moved_;
  double moving_ = 1.0;   // how much of a point moves
  std::size_t rows_ = 0;  // of the others, but for the duplicates
  const double* own_ = nullptr;
  std::array<double, 3> place_{};
  std::vector<MovedRow::Other> others_;
  std::vector<const double*> scores_;
  std::vector<float> places_;
  std::vector<double> q_;
};

/// The mean of the highest 20th of all values, at least one.
double mean_of_highest(const Communicator& comm, std::span<const double> values) {
  const std::int64_t rows = comm.sum(std::ssize(values));
  std::vector<std::uint64_t> keys;
  for (const double value : values) {  // rising with the value
    const auto bits = std::bit_cast<std::uint64_t>(value);
    constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
    keys.push_back((bits & sign) != 0 ? ~bits : bits | sign);
  }
  const std::vector<GlobalIndex> places = sorted_places(comm, keys);
  const std::int64_t highest = std::max<std::int64_t>(1, rows / 20);
  ExactSum sum;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (places[i] >= rows - highest) {
      sum.add(values[i]);
    }
  }
  return comm.sum(std::span<const ExactSum>(&sum, 1))[0] / static_cast<double>(highest);
}

}  // namespace

void require_reliability_defined(const Communicator& comm, const MapDescription& map,
                                 const std::optional<Config>& config) {
  const std::string& path = map.embedding.path;
  require_everywhere(comm, config.has_value(),
                     fmt::format("'{}' does not hold the options of its run: --reliability needs the affinities of "
                                 "maps that distsne embed has written",
                                 path));
  require_everywhere(comm, config->objective.method != Method::sne,
                     fmt::format("'{}' is a map of --method sne, a cost without one distribution over all pairs: "
                                 "--reliability is defined for tsne and ssne",
                                 path));
}

Reliability reliability_of_map(const Communicator& comm, const Rerun& rerun, const MapDescription& description,
                               std::optional<double> length) {
  Embedding<float> map = read_matrix<float>(comm, description.embedding);
  const Kernel kernel = kernel_of(rerun.config.objective);
  const auto own_weights = in_input_order<float>(rerun.plan.weights);
  const FrozenField field(comm, map, kernel, own_weights);
  std::vector<float> points;
  std::vector<float> weights_of_points;
  if (map.rows() <= rows_of_exact_sum) {
    points.resize(static_cast<std::size_t>(map.rows() * map.columns));
    comm.all_gather(std::span<const float>(map.values), map.partition.sizes(map.columns), points.data());
    weights_of_points.resize(own_weights ? static_cast<std::size_t>(map.rows()) : 0);
    if (own_weights) {
      comm.all_gather(std::span<const float>(*own_weights), map.partition.sizes(), weights_of_points.data());
    }
  }
  DistributedMatrix<float> x = rerun.rows<float>(comm);
  DistributedMatrix<double> scores =
      principal_scores<double>(comm, x, principal_components(comm, x, std::min(most_axes, x.columns)));
  FoundNeighbors found = find_neighbors(comm, std::move(x), rerun.search(rerun.plan.neighbors));
  map = in_graph_order(comm, map, found.graph);
  scores = in_graph_order(comm, scores, found.graph);
  const auto weights = weights_of<double>(comm, rerun.plan, found.graph.input_row);
  const RowFacts facts(comm, found.graph, map, scores, rerun.affinity, weights);

  const auto count = static_cast<std::size_t>(found.graph.local_rows());
  const auto of_each_row = [&](const auto& figure) {
    std::vector<double> values(count);
    parallel_for(divide_up(static_cast<std::int64_t>(count), rows_per_block), [&](std::int64_t block) {
      RowJudge judge(facts, field, kernel, rerun.plan.points(),
                     MovedRow(rerun.affinity, found.graph.k, weights.has_value()));
      for (std::size_t i = static_cast<std::size_t>(block * rows_per_block);
           i < std::min(count, static_cast<std::size_t>((block + 1) * rows_per_block)) && !asked_to_stop(); ++i) {
        judge.take(i);
        values[i] = figure(judge);
      }
    });
    stop_if_asked(comm);
    return values;
  };
  const RowExchange home = RowExchange::deliver(comm, RowPartition(map.rows(), comm.size()), found.graph.input_row);
  const auto at_home = [&](const std::vector<double>& values) {
    std::vector<double> result(home.arriving());
    home.move(comm, std::span<const double>(values), 1, std::span<double>(result));
    return result;
  };
  Reliability result;
  result.recall = found.report.recall;
  if (length) {
    result.length = *length;
  } else {
    std::vector<double> squared = of_each_row([](RowJudge& judge) { return judge.squared_distance_along_axes(); });
    for (std::size_t i = 0; i < squared.size(); ++i) {
      squared[i] *= facts.weight(facts.of_own(i));
    }
    const ExactSum sum = exact_sum(squared);
    result.length = std::sqrt(comm.sum(std::span<const ExactSum>(&sum, 1))[0] / rerun.plan.points());
  }
  result.singularity =
      at_home(of_each_row([&](RowJudge& judge) { return judge.singularity(points, weights_of_points); }));
  result.perturbation = at_home(of_each_row([&](RowJudge& judge) { return judge.perturbation(result.length); }));
  result.high_singularity = mean_of_highest(comm, result.singularity);
  return result;
}

}  // namespace distsne
