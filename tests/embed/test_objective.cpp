/// Costs and gradients: finite differences, the formulas written out, scikit-learn's values, bits over partitions.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "base/parallel.hpp"
#include "embed/anchors.hpp"
#include "embed/objective.hpp"
#include "io/input.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

/// Conditional and joint affinities and an objective over them.
template <class Real>
struct Problem {
  std::vector<double> conditional;  // own rows x N
  Communicator comm;
  std::unique_ptr<Objective<Real>> objective;
  Timers timers;

  Problem(const Communicator& comm_in, const DistributedMatrix<Real>& x, double perplexity, Method method,
          double tail = 1.0)
      : comm(comm_in) {
    AffinityOptions affinity;
    affinity.perplexities = {perplexity};
    auto p = dense_affinities(comm, x, affinity);
    const auto& rows = std::get<DenseRows<Real>>(p.rows);
    for (LocalIndex i = 0; i < x.local_rows(); ++i) {
      conditional.insert(conditional.end(), rows.row(i), rows.row(i) + x.rows());
    }
    AffinityEntropy entropy;
    entropy.conditional_p_log_p = p.sum_p_log_p;
    auto joint = joint_affinities(comm, std::move(p));
    entropy.joint_p_log_p = joint.sum_p_log_p;
    ObjectiveOptions options;
    options.method = method;
    options.tail = tail;
    options.field = FieldKind::direct;
    objective = make_objective<Real>(comm, options, std::move(joint), entropy);
  }

  /// The value at a map whose rows are spread like those of X.
  ObjectiveValue operator()(const Embedding<Real>& map, double exaggeration = 1.0,
                            const RowWeights<Real>& weights = {}) {
    ObjectiveValue value;
    CurrentMap<Real> current(comm, map, weights);
    objective->evaluate(current, exaggeration, true, value, timers);
    return value;
  }
};

struct Case {
  Method method;
  double tail;
};
const std::vector<Case> cases{
    {Method::sne, 1.0}, {Method::ssne, 1.0}, {Method::tsne, 1.0}, {Method::tsne, 0.7}, {Method::tsne, 2.0}};

TEST(Objective, GradientMatchesCentralDifferences) {
  const auto comm = Communicator::self();
  constexpr GlobalIndex rows = 60;
  constexpr double h = 1e-5;
  const auto x = test::clusters<double>(test::whole(rows), 0, 7);
  for (const auto& [method, tail] : cases) {
    Problem<double> problem(comm, x, 10.0, method, tail);
    for (const LocalIndex dims : {1, 2, 3}) {
      const auto map = test::random_map<double>(test::whole(rows), 0, dims, 1.2);
      const auto gradient = problem(map).gradient;
      double norm = 0.0;
      for (const double g : gradient) {
        norm = std::max(norm, std::abs(g));
      }
      for (std::size_t c = 0; c < gradient.size(); c += 11) {
        auto moved = map;
        moved.values[c] = map.values[c] + h;
        const double above = problem(moved).cost;
        moved.values[c] = map.values[c] - h;
        const double below = problem(moved).cost;
        EXPECT_NEAR((above - below) / (2.0 * h), gradient[c], 1e-6 * norm)
            << "method " << static_cast<int>(method) << " tail " << tail << " dims " << dims << " coordinate " << c;
      }
    }
  }
}

/// The term of anchors as it is written, without lambda T: at its best scale, or at 1 with some rows.
double written_out(const Anchors<double>& anchors, const Embedding<double>& map, const RowWeights<double>& points) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const auto times = [&](std::size_t c) { return points ? (*points)[c / dims] : 1.0; };
  double along = 0.0;
  double squares = 0.0;
  double total = 0.0;
  for (std::size_t c = 0; c < map.values.size(); ++c) {
    along += times(c) * map.values[c] * anchors.places.values[c];
    squares += times(c) * anchors.places.values[c] * anchors.places.values[c];
    total += times(c) / static_cast<double>(dims);
  }
  const double scale = anchors.at_any_scale ? along / squares : 1.0;
  double term = 0.0;
  for (std::size_t c = 0; c < map.values.size(); ++c) {
    const double weight = anchors.held.empty() ? 1.0 : anchors.held[c / dims];
    term += times(c) * weight * std::pow(map.values[c] - scale * anchors.places.values[c], 2);
  }
  return term / total;
}

TEST(Objective, GradientWithAnchorsMatchesCentralDifferences) {
  const auto comm = Communicator::self();
  constexpr GlobalIndex rows = 60;
  constexpr double h = 1e-5;
  const auto x = test::clusters<double>(test::whole(rows), 0, 7);
  struct AnchoredCase {
    Method method;
    double tail;
    bool weighted;
  };
  std::vector<AnchoredCase> anchored_cases{{Method::ssne, 1.0, true}, {Method::tsne, 1.0, true}};
  for (const auto& [method, tail] : cases) {
    anchored_cases.push_back({method, tail, false});
  }
  std::vector<std::uint8_t> some(static_cast<std::size_t>(rows));
  AlignedVector<double> points(some.size());
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i] = i % 3 == 0 ? 0 : 1;
    points[i] = 0.5 + static_cast<double>(i % 4);
  }
  for (const auto& [method, tail, weighted] : anchored_cases) {
    for (const LocalIndex dims : {1, 2, 3}) {
      const RowWeights<double> weights = weighted ? RowWeights<double>(points) : std::nullopt;
      Problem<double> plain(comm, x, 10.0, method, tail);
      const auto places = test::random_map<double>(test::whole(rows), 0, dims, 0.7, 3);
      for (const Anchors<double>& anchors :
           {Anchors<double>{0.3, true, places, {}}, Anchors<double>{0.3, false, places, some}}) {
        Problem<double> problem(comm, x, 10.0, method, tail);
        problem.objective = anchored(std::move(problem.objective), Anchors<double>(anchors));
        const auto map = test::random_map<double>(test::whole(rows), 0, dims, 1.2);
        const ObjectiveValue here = problem(map, 1.0, weights);
        EXPECT_EQ(here.cost, plain(map, 1.0, weights).cost);
        const double terms = method == Method::sne ? static_cast<double>(rows) : 1.0;
        EXPECT_NEAR(here.anchor_cost, 0.3 * terms * written_out(anchors, map, weights), 1e-9 * here.anchor_cost);
        double norm = 0.0;
        for (const double g : here.gradient) {
          norm = std::max(norm, std::abs(g));
        }
        for (std::size_t c = 0; c < map.values.size(); c += 7) {
          auto moved = map;
          moved.values[c] = map.values[c] + h;
          const ObjectiveValue above = problem(moved, 1.0, weights);
          moved.values[c] = map.values[c] - h;
          const ObjectiveValue below = problem(moved, 1.0, weights);
          const double rise = above.cost + above.anchor_cost - below.cost - below.anchor_cost;
          // All points of a row move together, and the gradient is that of one of them.
          const double of_row = weights ? (*weights)[c / static_cast<std::size_t>(dims)] : 1.0;
          EXPECT_NEAR(rise / (2.0 * h), of_row * here.gradient[c], 1e-6 * norm);
        }
      }
    }
  }
}

TEST(Objective, FixedRowsFeelNothingAndComeBack) {
  const auto comm = Communicator::self();
  constexpr GlobalIndex rows = 60;
  const auto x = test::clusters<double>(test::whole(rows), 0, 7);
  std::vector<std::uint8_t> some(static_cast<std::size_t>(rows), 0);
  std::fill_n(some.begin(), 25, std::uint8_t{1});
  auto map = test::random_map<double>(test::whole(rows), 0, 2, 1.2);
  map.values[0] = -0.0;  // which a sum with 0 would lose
  const ObjectiveValue free = Problem<double>(comm, x, 10.0, Method::tsne)(map);
  Problem<double> problem(comm, x, 10.0, Method::tsne);
  problem.objective = with_fixed_rows(std::move(problem.objective), Anchors<double>{0.0, false, map, some});
  const ObjectiveValue fixed = problem(map);
  EXPECT_EQ(fixed.cost, free.cost);
  auto moved = map;
  for (std::size_t c = 0; c < map.values.size(); ++c) {
    EXPECT_EQ(fixed.gradient[c], c < 50 ? 0.0 : free.gradient[c]);
    moved.values[c] += 1.0;
  }
  problem.objective->hold(moved);
  EXPECT_EQ(std::memcmp(moved.values.data(), map.values.data(), 50 * sizeof(double)), 0);
  for (std::size_t c = 50; c < map.values.size(); ++c) {
    EXPECT_EQ(moved.values[c], map.values[c] + 1.0);
  }
}

/// The gradients and costs as the papers write them, over all pairs.
struct Formula {
  std::vector<double> gradient;
  double cost = 0.0;
};

Formula written_out(Method method, double tail, const std::vector<double>& conditional, const Embedding<double>& map,
                    double exaggeration) {
  const auto n = static_cast<std::size_t>(map.rows());
  const auto dims = static_cast<std::size_t>(map.columns);
  std::vector<double> weight(n * n, 0.0);
  std::vector<double> stiffness(n * n, 0.0);
  std::vector<double> row_z(n, 0.0);
  double z = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double squared = 0.0;
      for (std::size_t m = 0; m < dims; ++m) {
        squared += std::pow(map.values[i * dims + m] - map.values[j * dims + m], 2);
      }
      const bool gaussian = method != Method::tsne;
      weight[i * n + j] = i == j ? 0.0 : gaussian ? std::exp(-squared) : std::pow(1.0 + squared / tail, -tail);
      stiffness[i * n + j] = gaussian ? 1.0 : 1.0 / (1.0 + squared / tail);
      row_z[i] += weight[i * n + j];
      z += weight[i * n + j];
    }
  }
  Formula result;
  result.gradient.assign(n * dims, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) {
        continue;
      }
      const double p_ji = conditional[i * n + j];
      const double p_ij = conditional[j * n + i];
      const double joint = (p_ji + p_ij) / (2.0 * static_cast<double>(n));
      double factor = 0.0;
      if (method == Method::sne) {
        const double q_ji = weight[i * n + j] / row_z[i];
        const double q_ij = weight[j * n + i] / row_z[j];
        factor = 2.0 * (exaggeration * (p_ji + p_ij) - q_ji - q_ij);
        result.cost += p_ji > 0.0 ? p_ji * std::log(p_ji / q_ji) : 0.0;
      } else {
        const double q = weight[i * n + j] / z;
        factor = 4.0 * (exaggeration * joint - q) * stiffness[i * n + j];
        result.cost += joint > 0.0 ? joint * std::log(joint / q) : 0.0;
      }
      for (std::size_t m = 0; m < dims; ++m) {
        result.gradient[i * dims + m] += factor * (map.values[i * dims + m] - map.values[j * dims + m]);
      }
    }
  }
  return result;
}

TEST(Objective, MatchesTheFormulasWrittenOut) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 90;
  const auto x_whole = test::clusters<double>(test::whole(rows), 0, 7);
  for (const auto& [method, tail] : cases) {
    const Problem<double> whole(Communicator::self(), x_whole, 10.0, method, tail);
    for (const LocalIndex dims : {1, 2, 3}) {
      const auto map = test::random_map<double>(test::whole(rows), 0, dims, 1.5);
      for (const double exaggeration : {1.0, 12.0}) {
        const Formula expected = written_out(method, tail, whole.conditional, map, exaggeration);
        double norm = 0.0;
        for (const double g : expected.gradient) {
          norm = std::max(norm, std::abs(g));
        }
        for (const RowPartition& partition : test::partitions(rows, comm.size())) {
          Problem<double> problem(comm, test::clusters<double>(partition, comm.rank(), 7), 10.0, method, tail);
          Problem<float> single(comm, test::clusters<float>(partition, comm.rank(), 7), 10.0, method, tail);
          const auto offset = static_cast<std::size_t>(partition.begin(comm.rank()) * dims);
          const ObjectiveValue value = problem(test::part_of(map, partition, comm.rank()), exaggeration);
          const ObjectiveValue rough = single(test::random_map<float>(partition, comm.rank(), dims, 1.5), exaggeration);
          EXPECT_NEAR(value.cost, expected.cost, 1e-9 * expected.cost);
          EXPECT_NEAR(rough.cost, expected.cost, 1e-4 * expected.cost);
          for (std::size_t i = 0; i < value.gradient.size(); ++i) {
            ASSERT_NEAR(value.gradient[i], expected.gradient[offset + i], 1e-10 * norm);
            ASSERT_NEAR(rough.gradient[i], expected.gradient[offset + i], 2e-4 * norm);
          }
        }
      }
    }
  }
}

TEST(Objective, SneIsRightWhereTheNormalizationUnderflows) {
  // A point 30 units and two points 200 units away from the others: e^-900 is no float, e^-40000 no double.
  constexpr GlobalIndex rows = 40;
  const auto comm = Communicator::world();
  auto far_map = [](auto map) {
    map.row(5)[0] += 30;
    map.row(6)[1] -= 200;
    map.row(7)[1] -= 201;
    return map;
  };
  const Problem<double> whole(Communicator::self(), test::clusters<double>(test::whole(rows), 0, 4), 8.0, Method::sne);
  const auto map = far_map(test::random_map<double>(test::whole(rows), 0, 2, 1.0));
  // q_j|i relative to the nearest neighbor, in double.
  const auto n = static_cast<std::size_t>(rows);
  std::vector<double> q(n * n, 0.0);
  double cost = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> squared(n);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < n; ++j) {
      squared[j] = std::pow(map.values[2 * i] - map.values[2 * j], 2) +
                   std::pow(map.values[2 * i + 1] - map.values[2 * j + 1], 2);
      least = i == j ? least : std::min(least, squared[j]);
    }
    double z = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      z += i == j ? 0.0 : std::exp(least - squared[j]);
    }
    for (std::size_t j = 0; j < n; ++j) {
      q[i * n + j] = i == j ? 0.0 : std::exp(least - squared[j]) / z;
      const double p = whole.conditional[i * n + j];
      cost += p > 0.0 ? p * (std::log(p) + squared[j] - least + std::log(z)) : 0.0;
    }
  }
  std::vector<double> gradient(2 * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double factor =
          2.0 * (whole.conditional[i * n + j] + whole.conditional[j * n + i] - q[i * n + j] - q[j * n + i]);
      gradient[2 * i] += factor * (map.values[2 * i] - map.values[2 * j]);
      gradient[2 * i + 1] += factor * (map.values[2 * i + 1] - map.values[2 * j + 1]);
    }
  }
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    Problem<float> problem(comm, test::clusters<float>(partition, comm.rank(), 4), 8.0, Method::sne);
    const auto value =
        problem(test::part_of(far_map(test::random_map<float>(test::whole(rows), 0, 2, 1.0)), partition, comm.rank()));
    EXPECT_TRUE(value.finite);
    EXPECT_NEAR(value.cost, cost, 1e-4 * cost);
    const auto offset = static_cast<std::size_t>(2 * partition.begin(comm.rank()));
    for (std::size_t i = 0; i < value.gradient.size(); ++i) {
      ASSERT_NEAR(value.gradient[i], gradient[offset + i], 1e-4 * (1.0 + std::abs(gradient[offset + i]))) << i;
    }
  }
}

TEST(Objective, MatchesScikitLearn) {
  const auto comm = Communicator::world();
  const auto input = describe_input(comm, {test::test_file("data/digits.h5"), "X"});
  const auto digits = read_matrix<double>(Communicator::self(), input);
  DistributedMatrix<double> x(RowPartition(200, comm.size()), comm.rank(), 64);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const auto row = digits.row(static_cast<LocalIndex>(x.first_row()) + i);
    std::copy(row.begin(), row.end(), x.row(i).begin());
  }
  for (const LocalIndex dims : {2, 3}) {
    const auto reference = [&](const std::string& name) {
      return test::read_reference("reference/sklearn_digits.h5", name + "_" + std::to_string(dims)).values;
    };
    const double tail = dims == 3 ? reference("tail")[0] : 1.0;
    Problem<double> problem(comm, x, 30.0, Method::tsne, tail);
    Embedding<double> map(test::whole(200), 0, dims);
    const auto positions = reference("map");
    std::copy(positions.begin(), positions.end(), map.values.begin());
    const auto value = problem(test::part_of(map, x.partition, comm.rank()));
    EXPECT_NEAR(value.cost, reference("kl")[0], 1e-5 * reference("kl")[0]);
    const auto gradient = reference("gradient");
    const auto offset = static_cast<std::size_t>(x.first_row() * dims);
    for (std::size_t i = 0; i < value.gradient.size(); ++i) {
      ASSERT_NEAR(value.gradient[i], gradient[offset + i], 1e-7);
    }
  }
}

TEST(Objective, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 150;
  for (const auto& [method, tail] : cases) {
    set_threads(1);
    const auto map = test::random_map<float>(test::whole(rows), 0, 2, 4.0);
    Problem<float> whole(Communicator::self(), test::clusters<float>(test::whole(rows), 0, 9), 12.0, method, tail);
    const ObjectiveValue expected = whole(map, 3.0);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        Problem<float> problem(comm, test::clusters<float>(partition, comm.rank(), 9), 12.0, method, tail);
        const ObjectiveValue value = problem(test::part_of(map, partition, comm.rank()), 3.0);
        EXPECT_EQ(value.cost, expected.cost);
        const auto offset = static_cast<std::size_t>(2 * partition.begin(comm.rank()));
        for (std::size_t i = 0; i < value.gradient.size(); ++i) {
          ASSERT_EQ(value.gradient[i], expected.gradient[offset + i]);
        }
      }
    }
  }
  set_threads(1);
}

TEST(Objective, DivergedMapIsNotFinite) {
  const auto comm = Communicator::self();
  for (const Method method : {Method::sne, Method::ssne, Method::tsne}) {
    Problem<float> problem(comm, test::clusters<float>(test::whole(30), 0, 3), 5.0, method);
    auto map = test::random_map<float>(test::whole(30), 0, 2, 1.0);
    EXPECT_TRUE(problem(map).finite);
    map.row(3)[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(problem(map).finite);
    map.row(3)[1] = std::numeric_limits<float>::infinity();
    EXPECT_FALSE(problem(map).finite);
  }
}

}  // namespace
}  // namespace distsne
