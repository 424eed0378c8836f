/// Initialization, phases, the update rule, and the loop as a whole.
#include <gtest/gtest.h>

#include <cmath>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "base/parallel.hpp"
#include "distsne/embed/initialization.hpp"
#include "embed/optimize.hpp"
#include "reduce/pca.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

TEST(Initialization, ScoresAreScaledToTheSpread) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 500;
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    const auto x = test::clusters<double>(partition, comm.rank(), 6);
    const auto components = principal_components(comm, x, 2);
    const auto map =
        initial_from_scores<double>(comm, partition, principal_scores(comm, x, components).values, 2, 3, 1e-4, 1);
    std::array<ExactSum, 3> squares;
    for (LocalIndex i = 0; i < map.local_rows(); ++i) {
      for (std::size_t m = 0; m < 3; ++m) {
        squares[m].add(map.row(i)[m] * map.row(i)[m]);
      }
    }
    const auto total = comm.sum(std::span<const ExactSum>(squares));
    const auto deviation = [&](std::size_t m) { return std::sqrt(total[m] / static_cast<double>(rows)); };
    EXPECT_NEAR(deviation(0), 1e-4, 1e-6);
    EXPECT_NEAR(deviation(1), 1e-4 * std::sqrt(components.variance[1] / components.variance[0]), 1e-6);
    EXPECT_NEAR(deviation(2), 1e-6, 2e-7);  // no third score: what is added at random
  }
}

TEST(Initialization, RandomMapIsAFunctionOfSeedAndRow) {
  const auto comm = Communicator::world();
  const auto expected = initial_random<float>(test::whole(100), 0, 2, 1e-4, 11);
  EXPECT_NE(expected.values, (initial_random<float>(test::whole(100), 0, 2, 1e-4, 12).values));
  for (const RowPartition& partition : test::partitions(100, comm.size())) {
    const auto map = initial_random<float>(partition, comm.rank(), 2, 1e-4, 11);
    for (LocalIndex i = 0; i < map.local_rows(); ++i) {
      EXPECT_EQ(map.row(i)[0], expected.row(static_cast<LocalIndex>(map.first_row()) + i)[0]);
      EXPECT_EQ(map.row(i)[1], expected.row(static_cast<LocalIndex>(map.first_row()) + i)[1]);
    }
  }
}

ScheduleOptions classic() {
  ScheduleOptions options;
  options.schedule = Schedule::classic;
  return options;
}

TEST(Schedule, AnnealingGoesFromFullExaggerationToNone) {
  for (const GlobalIndex rows : {GlobalIndex{100}, GlobalIndex{100000}}) {
    const auto phases = phases_of(ScheduleOptions{}, Method::tsne, rows);
    ASSERT_EQ(phases.size(), 3U);
    EXPECT_EQ(phases[0].iterations + phases[1].iterations, rows == 100 ? 800 : 40);
    EXPECT_EQ(phases[0].iterations + phases[1].iterations + phases[2].iterations, most_iterations);
    EXPECT_EQ(phases[0].at(0).exaggeration, 12.0);
    EXPECT_EQ(phases[1].at(0).exaggeration, 12.0);
    for (int done = 1; done < phases[1].iterations; ++done) {
      const Step before = phases[1].at(done - 1);
      const Step now = phases[1].at(done);
      EXPECT_LT(now.exaggeration, before.exaggeration);
      // The step that the attraction makes stays the same.
      EXPECT_NEAR(now.exaggeration * now.learning_rate, static_cast<double>(rows), 1e-9 * static_cast<double>(rows));
    }
    EXPECT_NEAR(phases[1].at(phases[1].iterations).exaggeration, 1.0, 1e-12);
    EXPECT_EQ(phases[2].at(7).exaggeration, 1.0);
    EXPECT_LE(phases[2].at(7).learning_rate, 0.7 * static_cast<double>(rows));
  }
  ScheduleOptions few;
  few.iterations = 10;
  int total = 0;
  for (const Phase& phase : phases_of(few, Method::tsne, 100)) {
    total += phase.iterations;
  }
  EXPECT_EQ(total, 10);
}

TEST(Schedule, PhasesOfTheClassicRecipe) {
  const auto phases = phases_of(classic(), Method::tsne, 1200);
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_EQ(phases[0].iterations, 250);
  EXPECT_EQ(phases[1].iterations, 500);
  for (const int done : {0, 100, 249}) {
    EXPECT_EQ(phases[0].at(done).exaggeration, 12.0);
    EXPECT_EQ(phases[0].at(done).momentum, 0.5);
    EXPECT_EQ(phases[0].at(done).learning_rate, 100.0);
    EXPECT_EQ(phases[1].at(done).exaggeration, 1.0);
    EXPECT_EQ(phases[1].at(done).momentum, 0.8);
    EXPECT_EQ(phases[1].at(done).learning_rate, 1200.0);
  }
  EXPECT_EQ(optimizer_of(classic()), Optimizer::gains);
}

TEST(Schedule, ExaggerationDecaysOverAShareOfItsUpdates) {
  ScheduleOptions options = classic();
  options.exaggeration_decay = 0.4;
  options.exaggeration = 2.0;
  const auto phases = phases_of(options, Method::tsne, 1200);
  ASSERT_EQ(phases.size(), 3U);
  EXPECT_EQ(phases[0].iterations, 150);
  EXPECT_EQ(phases[1].iterations, 100);
  EXPECT_EQ(phases[2].iterations, 500);
  EXPECT_NEAR(phases[1].at(50).exaggeration, std::sqrt(12.0 * 2.0), 1e-12);
  EXPECT_EQ(phases[2].at(0).exaggeration, 2.0);
  options.schedule = Schedule::annealed;
  options.exaggeration_decay = 0.0;
  ASSERT_EQ(phases_of(options, Method::tsne, 100000).size(), 2U);
  EXPECT_EQ(phases_of(options, Method::tsne, 100000)[0].iterations, 40);
  options.exaggeration_decay = 1.0;
  EXPECT_EQ(phases_of(options, Method::tsne, 100000)[0].name, "annealing");
}

TEST(Schedule, EmptyPhasesAreLeftOut) {
  ScheduleOptions options = classic();
  options.exaggeration_iterations = 0;
  EXPECT_EQ(phases_of(options, Method::tsne, 10).size(), 1U);
  options.exaggeration_iterations = 900;
  ASSERT_EQ(phases_of(options, Method::tsne, 10).size(), 1U);
  EXPECT_EQ(phases_of(options, Method::tsne, 10)[0].iterations, 750);
  options.iterations = 0;
  EXPECT_TRUE(phases_of(options, Method::tsne, 10).empty());
}

TEST(Update, GradientDescentIsOneProduct) {
  auto map = test::random_map<double>(test::whole(3), 0, 2, 1.0);
  const auto before = map.values;
  const std::vector<double> gradient{1.0, -2.0, 0.0, 4.0, 0.5, -1.0};
  OptimizerState<double> state(6);
  update(std::span<const double>(gradient), {1.0, 0.8, 0.25}, Optimizer::gd, state, map);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(map.values[i], before[i] - 0.25 * gradient[i]);
  }
}

TEST(Update, GainsGrowWhereTheGradientTurnsAndSteepStepsAreShortened) {
  Embedding<double> map(test::whole(1), 0, 2);
  OptimizerState<double> state(2);
  state.velocity = {0.1, 0.1};
  const std::vector<double> gradient{1.0, -1.0};
  update(std::span<const double>(gradient), {1.0, 0.5, 0.1}, Optimizer::gains, state, map);
  EXPECT_NEAR(state.gains[0], 0.8, 1e-15);  // the same sign: the step overshot
  EXPECT_NEAR(state.gains[1], 1.2, 1e-15);
  EXPECT_NEAR(map.values[0], 0.05 - 0.08, 1e-15);
  EXPECT_NEAR(map.values[1], 0.05 + 0.12, 1e-15);
  for (int i = 0; i < 100; ++i) {
    state.velocity = {1.0, 1.0};
    const std::vector<double> same{1.0, 1.0};
    update(std::span<const double>(same), {1.0, 0.5, 0.0}, Optimizer::gains, state, map);
  }
  EXPECT_EQ(state.gains[0], 0.01);
  map.values = {0.0, 0.0};
  state.velocity = {0.0, 0.0};
  const std::vector<double> steep{-3e6, 4e6};
  update(std::span<const double>(steep), {1.0, 0.5, 1.0}, Optimizer::gains, state, map);
  EXPECT_NEAR(std::hypot(map.values[0], map.values[1]), 5.0, 1e-12);
}

/// The objective of clusters' affinities.
template <class Real>
std::unique_ptr<Objective<Real>> objective_of(const Communicator& comm, const RowPartition& partition, Method method,
                                              FieldKind field = FieldKind::automatic) {
  const auto x = test::clusters<Real>(partition, comm.rank(), 6);
  AffinityOptions affinity;
  affinity.perplexities = {10.0};
  auto conditional = dense_affinities(comm, x, affinity);
  AffinityEntropy entropy{conditional.sum_p_log_p, 0.0};
  auto joint = joint_affinities(comm, std::move(conditional));
  entropy.joint_p_log_p = joint.sum_p_log_p;
  ObjectiveOptions objective_options;
  objective_options.method = method;
  objective_options.field = field;
  return make_objective<Real>(comm, objective_options, std::move(joint), entropy);
}

/// A loop over them.
template <class Real>
std::pair<Embedding<Real>, std::vector<HistoryEntry>> run(const Communicator& comm, const RowPartition& partition,
                                                          Method method, const OptimizeOptions& options) {
  const auto objective = objective_of<Real>(comm, partition, method);
  LoopState<Real> state(MovingMap<Real>{initial_random<Real>(partition, comm.rank(), 2, 1e-2, 3), {}});
  Timers timers;
  optimize<Real>(comm, *objective, options, state, timers, [](const IterationReport&) {});
  return {std::move(state.moving.map), std::move(state.history)};
}

TEST(Optimize, PlainDescentWithSmallStepsLowersTheCostMonotonically) {
  const auto comm = Communicator::world();
  const RowPartition partition(150, comm.size());
  for (const Method method : {Method::sne, Method::ssne, Method::tsne}) {
    OptimizeOptions options;
    options.phases = {Phase("", 200, Step{1.0, 0.0, method == Method::sne ? 0.05 : 0.05 * 150})};
    options.optimizer = Optimizer::gd;
    options.measure_every = 1;
    const auto history = run<double>(comm, partition, method, options).second;
    ASSERT_EQ(history.size(), 201U);
    for (std::size_t i = 1; i < history.size(); ++i) {
      ASSERT_LT(history[i].kl, history[i - 1].kl) << "method " << static_cast<int>(method) << " iteration " << i;
    }
    EXPECT_LT(history.back().kl, 0.8 * history.front().kl);
  }
}

TEST(Optimize, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 101;
  for (const auto& [method, kind] :
       {std::pair{Method::sne, Schedule::annealed}, std::pair{Method::ssne, Schedule::annealed},
        std::pair{Method::tsne, Schedule::annealed}, std::pair{Method::tsne, Schedule::classic}}) {
    ScheduleOptions schedule;
    schedule.schedule = kind;
    schedule.iterations = 60;
    schedule.exaggeration_iterations = 20;
    OptimizeOptions options;
    options.optimizer = optimizer_of(schedule);
    options.phases = phases_of(schedule, method, rows);
    options.measure_every = 25;
    set_threads(1);
    const auto [expected, expected_history] = run<float>(Communicator::self(), test::whole(rows), method, options);
    ASSERT_EQ(expected_history.size(), 4U);  // after 0, 25, 50 and 60
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        const auto [map, history] = run<float>(comm, partition, method, options);
        for (std::size_t i = 0; i < history.size(); ++i) {
          EXPECT_EQ(history[i].kl, expected_history[i].kl);
          EXPECT_EQ(history[i].gradient_norm, expected_history[i].gradient_norm);
        }
        const auto offset = static_cast<std::size_t>(2 * map.first_row());
        for (std::size_t i = 0; i < map.values.size(); ++i) {
          ASSERT_EQ(map.values[i], expected.values[offset + i]);
        }
      }
    }
  }
  set_threads(1);
}

TEST(Optimize, NanIsFoundWithIterationAndRow) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 60;
  for (const FieldKind field : {FieldKind::direct, FieldKind::grid}) {
    for (const bool in_velocity : {false, true}) {
      for (const GlobalIndex bad : {GlobalIndex{0}, rows / 2, rows - 1}) {
        const RowPartition partition(rows, comm.size());
        auto objective = objective_of<float>(comm, partition, Method::tsne, field);
        LoopState<float> state(MovingMap<float>{initial_random<float>(partition, comm.rank(), 2, 1e-2, 3), {}});
        OptimizeOptions options;
        options.phases = {Phase("", 50, Step{1.0, 0.5, 5.0})};
        options.pace.most_recoveries = 0;
        Timers timers;
        int finite_iterations = 0;
        const auto poison = [&] {
          finite_iterations += all_finite(comm, state) ? 1 : 0;
          if (state.iteration == 7 && partition.begin(comm.rank()) <= bad && bad < partition.end(comm.rank())) {
            auto& values = in_velocity ? state.optimizer.velocity : state.moving.map.values;
            values[static_cast<std::size_t>(2 * (bad - partition.begin(comm.rank())) + 1)] =
                std::numeric_limits<float>::quiet_NaN();
          }
          return false;
        };
        try {
          optimize<float>(
              comm, *objective, options, state, timers, [](const IterationReport&) {}, poison);
          FAIL();
        } catch (const DivergedMap& error) {
          EXPECT_TRUE(error.everywhere());
          const std::string place = "in iteration " + std::to_string(in_velocity ? 8 : 7) + ", at row " +
                                    std::to_string(bad) + " of the input";
          EXPECT_NE(std::string(error.what()).find(place), std::string::npos) << error.what();
        }
        EXPECT_EQ(finite_iterations, 7);
        EXPECT_FALSE(all_finite(comm, state));
      }
    }
  }
}

TEST(Optimize, DivergenceIsAnErrorOnAllRanks) {
  const auto comm = Communicator::world();
  OptimizeOptions options;
  options.phases = {Phase("", 50, Step{1.0, 0.0, 1e30})};
  options.optimizer = Optimizer::gd;
  try {
    run<float>(comm, RowPartition(50, comm.size()), Method::tsne, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.everywhere());
    EXPECT_NE(std::string(error.what()).find("diverged"), std::string::npos);
  }
}

}  // namespace
}  // namespace distsne
