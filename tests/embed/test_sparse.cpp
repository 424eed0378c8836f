/// Objectives over neighbors and on the grid: beside dense and direct ones, and through reordering.
#include <gtest/gtest.h>

#include <cmath>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "affinity/sparse.hpp"
#include "base/parallel.hpp"
#include "embed/optimize.hpp"
#include "embed/reorder.hpp"
#include "neighbors/neighbors.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

/// An objective over the k nearest neighbors, in the working order.
template <class Real>
struct SparseProblem {
  std::vector<GlobalIndex> input_row;
  RowPartition partition;
  std::unique_ptr<Objective<Real>> objective;

  SparseProblem(const Communicator& comm, const RowPartition& rows, LocalIndex k, const ObjectiveOptions& options) {
    NeighborOptions search;
    search.search = NeighborSearch::exact;
    search.k = k;
    auto graph = find_neighbors(comm, test::clusters<float>(rows, comm.rank(), 7), search).graph;
    input_row = graph.input_row;
    partition = graph.partition;
    AffinityOptions affinity;
    affinity.perplexities = {10.0};
    auto conditional = sparse_affinities<Real>(comm, std::move(graph), affinity);
    AffinityEntropy entropy;
    entropy.conditional_p_log_p = conditional.sum_p_log_p;
    auto joint = joint_affinities(comm, std::move(conditional));
    entropy.joint_p_log_p = joint.sum_p_log_p;
    objective = make_objective<Real>(comm, options, std::move(joint), entropy);
  }

  /// The rows of a map of input rows that this rank works on.
  [[nodiscard]] Embedding<Real> working(const Embedding<Real>& whole, Rank rank) const {
    Embedding<Real> map(partition, rank, whole.columns);
    for (LocalIndex i = 0; i < map.local_rows(); ++i) {
      const auto from = whole.row(static_cast<LocalIndex>(input_row[static_cast<std::size_t>(i)]));
      std::copy(from.begin(), from.end(), map.row(i).begin());
    }
    return map;
  }
};

template <class Real>
ObjectiveValue value_at(const Communicator& comm, Objective<Real>& objective, const Embedding<Real>& map) {
  ObjectiveValue value;
  Timers timers;
  CurrentMap<Real> current(comm, map);
  objective.evaluate(current, 3.0, true, value, timers);
  return value;
}

ObjectiveOptions options_for(Method method, LocalIndex dims, FieldKind field, double accuracy = 1e-2) {
  ObjectiveOptions options;
  options.method = method;
  options.dims = dims;
  options.field = field;
  options.accuracy = accuracy;
  return options;
}

double norm(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) {
    sum += value * value;
  }
  return std::sqrt(sum);
}

TEST(SparseObjective, OfAllNeighborsIsTheDenseOne) {
  const auto comm = Communicator::world();
  const auto self = Communicator::self();
  constexpr GlobalIndex rows = 80;
  for (const Method method : {Method::sne, Method::ssne, Method::tsne}) {
    for (const LocalIndex dims : {1, 2, 3}) {
      const auto options = options_for(method, dims, FieldKind::direct);
      const auto whole = test::random_map<double>(test::whole(rows), 0, dims, 1.3);
      AffinityOptions affinity;
      affinity.perplexities = {10.0};
      auto conditional = dense_affinities(self, test::clusters<double>(test::whole(rows), 0, 7), affinity);
      AffinityEntropy entropy;
      entropy.conditional_p_log_p = conditional.sum_p_log_p;
      auto joint = joint_affinities(self, std::move(conditional));
      entropy.joint_p_log_p = joint.sum_p_log_p;
      const auto dense = make_objective<double>(self, options, std::move(joint), entropy);
      const ObjectiveValue expected = value_at(self, *dense, whole);

      const SparseProblem<double> problem(comm, RowPartition(rows, comm.size()), rows - 1, options);
      const auto map = problem.working(whole, comm.rank());
      const ObjectiveValue found = value_at(comm, *problem.objective, map);
      EXPECT_NEAR(found.cost, expected.cost, 1e-4 * std::abs(expected.cost));
      const auto columns = static_cast<std::size_t>(dims);
      const double scale = norm(expected.gradient) / std::sqrt(static_cast<double>(rows));
      for (std::size_t i = 0; i < problem.input_row.size(); ++i) {
        for (std::size_t m = 0; m < columns; ++m) {
          const auto row = static_cast<std::size_t>(problem.input_row[i]);
          ASSERT_NEAR(found.gradient[i * columns + m], expected.gradient[row * columns + m], 1e-3 * scale);
        }
      }
    }
  }
}

TEST(SparseObjective, ReorderingKeepsTheBitsOfTheAttraction) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 333;
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto columns = static_cast<std::size_t>(dims);
    const auto whole = test::random_map<float>(test::whole(rows), 0, dims, 8.0);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      SparseProblem<float> problem(comm, partition, 30, options_for(Method::tsne, dims, FieldKind::direct));
      Attraction<float>& attraction = problem.objective->attraction();
      Timers timers;
      const auto map = problem.working(whole, comm.rank());
      CurrentMap<float> current(comm, map);
      AttractionValues before;
      attraction.evaluate(current, true, before, timers);

      const std::vector<GlobalIndex> place = places_along_map(comm, map);
      const RowPartition even(rows, comm.size());
      const RowExchange plan = RowExchange::deliver(comm, even, place);
      attraction.reorder(comm, place, plan);
      Embedding<float> moved(even, comm.rank(), dims);
      plan.move(comm, std::span<const float>(map.values), columns, std::span<float>(moved.values));
      CurrentMap<float> current_moved(comm, moved);
      AttractionValues after;
      attraction.evaluate(current_moved, true, after, timers);
      // Back to where the rows came from.
      AttractionValues returned{std::vector<double>(before.force.size()), std::vector<double>(before.energy.size())};
      const RowExchange back = RowExchange::fetch(comm, even, place);
      back.move(comm, std::span<const double>(after.force), columns, std::span<double>(returned.force));
      back.move(comm, std::span<const double>(after.energy), 1, std::span<double>(returned.energy));
      EXPECT_EQ(returned.force, before.force);
      EXPECT_EQ(returned.energy, before.energy);
    }
  }
}

TEST(SparseObjective, PlacesAlongTheMapAreAPermutationThatKeepsNeighborsTogether) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 4096;
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto whole = test::random_map<float>(test::whole(rows), 0, dims, 5.0);
    const auto expected = places_along_map(Communicator::self(), whole);
    std::vector<bool> met(static_cast<std::size_t>(rows), false);
    std::vector<std::size_t> row_at(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      met[static_cast<std::size_t>(expected[i])] = true;
      row_at[static_cast<std::size_t>(expected[i])] = i;
    }
    EXPECT_EQ(std::count(met.begin(), met.end(), true), rows);
    double step = 0.0;
    for (std::size_t place = 1; place < row_at.size(); ++place) {
      double squared = 0.0;
      for (std::size_t m = 0; m < static_cast<std::size_t>(dims); ++m) {
        squared += std::pow(static_cast<double>(whole.row(static_cast<LocalIndex>(row_at[place]))[m]) -
                                static_cast<double>(whole.row(static_cast<LocalIndex>(row_at[place - 1]))[m]),
                            2);
      }
      step += std::sqrt(squared) / static_cast<double>(rows);
    }
    EXPECT_LT(step, dims == 3 ? 2.0 : 0.6) << "rows that follow each other are near each other";
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const auto places = places_along_map(comm, test::part_of(whole, partition, comm.rank()));
      const auto first = static_cast<std::size_t>(partition.begin(comm.rank()));
      for (std::size_t i = 0; i < places.size(); ++i) {
        ASSERT_EQ(places[i], expected[first + i]);
      }
    }
  }
}

/// The map after some iterations, in the order of the input.
std::vector<float> optimized(const Communicator& comm, const RowPartition& rows, const ObjectiveOptions& options,
                             std::vector<HistoryEntry>& history) {
  SparseProblem<float> problem(comm, rows, 30, options);
  const auto whole = test::random_map<float>(test::whole(rows.rows()), 0, options.dims, 1e-2);
  LoopState<float> state(MovingMap<float>{problem.working(whole, comm.rank()), problem.input_row});
  OptimizeOptions loop;
  const double rate = options.method == Method::sne ? 0.02 : 40.0;
  loop.phases = {Phase("early", 60, Step{4.0, 0.5, rate}), Phase("late", 60, Step{1.0, 0.8, rate})};
  loop.measure_every = 40;
  Timers timers;
  EXPECT_TRUE(optimize<float>(comm, *problem.objective, loop, state, timers, [](const IterationReport&) {}));
  history = state.history;
  const MovingMap<float>& moving = state.moving;
  const RowPartition even(rows.rows(), comm.size());
  const auto dims = static_cast<std::size_t>(options.dims);
  std::vector<float> own(static_cast<std::size_t>(even.size(comm.rank())) * dims);
  RowExchange::deliver(comm, even, moving.input_row)
      .move(comm, std::span<const float>(moving.map.values), dims, std::span<float>(own));
  return own;
}

TEST(SparseObjective, LoopWithReorderingAndGridHasTheSameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 260;
  for (const Method method : {Method::sne, Method::ssne, Method::tsne}) {
    const auto options = options_for(method, 2, FieldKind::grid, 3e-2);
    set_threads(1);
    std::vector<HistoryEntry> expected_history;
    const auto expected = optimized(Communicator::self(), test::whole(rows), options, expected_history);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        std::vector<HistoryEntry> history;
        const auto found = optimized(comm, partition, options, history);
        const auto first = static_cast<std::size_t>(RowPartition(rows, comm.size()).begin(comm.rank())) * 2;
        for (std::size_t i = 0; i < found.size(); ++i) {
          ASSERT_EQ(found[i], expected[first + i]);
        }
        ASSERT_EQ(history.size(), expected_history.size());
        for (std::size_t i = 0; i < history.size(); ++i) {
          EXPECT_EQ(history[i].kl, expected_history[i].kl);
          EXPECT_EQ(history[i].force_error, expected_history[i].force_error);
        }
      }
    }
  }
  set_threads(1);
}

TEST(SparseObjective, GridIsNearTheDirectFieldForEveryMethodAndFarRows) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 700;
  for (const Method method : {Method::sne, Method::ssne, Method::tsne}) {
    for (const LocalIndex dims : {1, 2, 3}) {
      auto whole = test::random_map<float>(test::whole(rows), 0, dims, dims == 3 ? 2.0 : 4.0);
      whole.row(11)[0] = 38.0F;  // alone, where the Gaussian of every other point underflows
      whole.row(12)[0] = -17.0F;
      const SparseProblem<float> direct(comm, RowPartition(rows, comm.size()), 30,
                                        options_for(method, dims, FieldKind::direct));
      const SparseProblem<float> grid(comm, RowPartition(rows, comm.size()), 30,
                                      options_for(method, dims, FieldKind::grid));
      const auto map = direct.working(whole, comm.rank());
      CurrentMap<float> current(comm, map);
      Timers timers;
      EXPECT_LT(grid.objective->field().calibrate(current, timers), 1e-2);
      const ObjectiveValue expected = value_at(comm, *direct.objective, map);
      const ObjectiveValue found = value_at(comm, *grid.objective, map);
      EXPECT_NEAR(found.cost, expected.cost, 3e-3 * std::abs(expected.cost));
      double difference = 0.0;
      double total = 0.0;
      for (std::size_t i = 0; i < found.gradient.size(); ++i) {
        difference += std::pow(found.gradient[i] - expected.gradient[i], 2);
        total += std::pow(expected.gradient[i], 2);
      }
      const std::vector<double> sums = comm.sum(std::span<const ExactSum>(
          std::array<ExactSum, 2>{exact_sum(std::vector<double>{difference}), exact_sum(std::vector<double>{total})}));
      EXPECT_LT(std::sqrt(sums[0] / sums[1]), 2e-2) << "method " << static_cast<int>(method) << " dims " << dims;
    }
  }
}

}  // namespace
}  // namespace distsne
