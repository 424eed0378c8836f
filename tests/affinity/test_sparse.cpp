/// Affinities over neighbors: beside dense ones, their symmetrization, and their bits over partitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "affinity/dense.hpp"
#include "affinity/joint.hpp"
#include "affinity/moved_row.hpp"
#include "affinity/neighbor_distances.hpp"
#include "affinity/sparse.hpp"
#include "base/parallel.hpp"
#include "neighbors/neighbors.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

const std::vector<AffinityOptions> all_options{{AffinityKind::perplexity, {12.0}, 1.0},
                                               {AffinityKind::perplexity, {4.0, 20.0}, 1.0},
                                               {AffinityKind::uniform, {}, 1.0},
                                               {AffinityKind::sigma, {}, 0.8}};

NeighborGraph graph_of(const Communicator& comm, const RowPartition& partition, LocalIndex k) {
  NeighborOptions options;
  options.search = NeighborSearch::exact;
  options.k = k;
  return find_neighbors(comm, test::clusters<float>(partition, comm.rank(), 6), options).graph;
}

template <class Real>
JointAffinities<Real> joint_of(const Communicator& comm, NeighborGraph&& graph, const AffinityOptions& options) {
  return joint_affinities(comm, sparse_affinities<Real>(comm, std::move(graph), options));
}

/// Weights of 1/2 to 7/2 that depend on the row of the input.
template <class Real>
AlignedVector<Real> weights_of(const NeighborGraph& graph) {
  AlignedVector<Real> weights;
  for (const GlobalIndex row : graph.input_row) {
    weights.push_back(static_cast<Real>(0.5 + 0.5 * static_cast<double>(row % 7)));
  }
  return weights;
}

template <class Real>
ConditionalAffinities<Real> weighted_of(const Communicator& comm, NeighborGraph&& graph,
                                        const AffinityOptions& options) {
  auto weights = weights_of<Real>(graph);
  return sparse_affinities<Real>(comm, std::move(graph), options, std::move(weights));
}

TEST(SparseAffinities, OfAllNeighborsAreTheDenseOnes) {
  const auto self = Communicator::self();
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 90;
  for (const AffinityOptions& options : all_options) {
    const auto x = test::clusters<double>(test::whole(rows), 0, 6);
    const auto dense = joint_affinities(self, dense_affinities(self, x, options));
    const auto& expected = std::get<DenseRows<double>>(dense.rows);

    NeighborGraph graph = graph_of(comm, RowPartition(rows, comm.size()), rows - 1);
    const std::vector<GlobalIndex> own = graph.input_row;
    std::vector<GlobalIndex> counts;
    for (Rank r = 0; r < comm.size(); ++r) {
      counts.push_back(graph.partition.size(r));
    }
    std::vector<GlobalIndex> input_row(static_cast<std::size_t>(rows));
    comm.all_gather(std::span<const GlobalIndex>(own), counts, input_row.data());
    const auto joint = joint_of<double>(comm, std::move(graph), options);
    const auto& found = std::get<SparseRows<double>>(joint.rows);
    EXPECT_NEAR(joint.sum_p_log_p, dense.sum_p_log_p, 1e-4 * std::abs(dense.sum_p_log_p));
    for (LocalIndex i = 0; i < found.local_rows(); ++i) {
      const auto begin = static_cast<std::size_t>(found.begin[static_cast<std::size_t>(i)]);
      const auto end = static_cast<std::size_t>(found.begin[static_cast<std::size_t>(i) + 1]);
      ASSERT_EQ(end - begin, static_cast<std::size_t>(rows - 1));
      const double* const row = expected.row(static_cast<LocalIndex>(own[static_cast<std::size_t>(i)]));
      for (std::size_t e = begin; e < end; ++e) {
        // Neighbors are searched, and their distances kept, in float.
        const double p = row[input_row[found.columns[e]]];
        ASSERT_NEAR(found.values[e], p, 2e-4 * p + 1e-12);
      }
    }
  }
}

TEST(SparseAffinities, JointOnesAreSymmetricAndSumToOne) {
  const auto self = Communicator::self();
  constexpr GlobalIndex rows = 300;
  for (const AffinityOptions& options : all_options) {
    const auto joint = joint_of<double>(self, graph_of(self, test::whole(rows), 25), options);
    const auto& found = std::get<SparseRows<double>>(joint.rows);
    std::map<std::pair<CompactIndex, CompactIndex>, double> p;
    double total = 0.0;
    for (CompactIndex i = 0; i < rows; ++i) {
      const auto begin = static_cast<std::size_t>(found.begin[i]);
      const auto end = static_cast<std::size_t>(found.begin[i + std::size_t{1}]);
      for (std::size_t e = begin; e < end; ++e) {
        EXPECT_TRUE(e == begin || found.columns[e - 1] < found.columns[e]) << "columns rise";
        EXPECT_NE(found.columns[e], i);
        EXPECT_GE(found.values[e], 0.0);
        p[{i, found.columns[e]}] = found.values[e];
        total += found.values[e];
      }
    }
    EXPECT_NEAR(total, 1.0, 1e-9);
    for (const auto& [place, value] : p) {
      ASSERT_EQ(p.at({place.second, place.first}), value);
    }
  }
}

TEST(SparseAffinities, WeightedOnesSumToOneWithTheDuplicatesOfEachRow) {
  const auto self = Communicator::self();
  constexpr GlobalIndex rows = 300;
  for (const AffinityOptions& options : all_options) {
    auto conditional = weighted_of<double>(self, graph_of(self, test::whole(rows), 40), options);
    const AlignedVector<double> weights = *conditional.weights;
    const std::vector<double> own = conditional.own;
    const SparseRows<double> p = std::get<SparseRows<double>>(conditional.rows);
    double total = 0.0;
    double duplicates = 0.0;
    double points = 0.0;
    double entropy = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      double sum = own[i];
      double row_entropy = own[i] > 0.0 ? -own[i] * std::log(own[i] / (weights[i] - 1.0)) : 0.0;
      for (auto e = static_cast<std::size_t>(p.begin[i]); e < static_cast<std::size_t>(p.begin[i + 1]); ++e) {
        sum += p.values[e];
        row_entropy -= p.values[e] > 0.0 ? p.values[e] * std::log(p.values[e] / weights[p.columns[e]]) : 0.0;
      }
      EXPECT_NEAR(sum, 1.0, 1e-12);
      EXPECT_EQ(own[i] > 0.0, weights[i] > 1.0);
      if (options.perplexities.size() == 1) {
        EXPECT_NEAR(row_entropy, std::log(options.perplexities[0]), 1e-5);
      }
      entropy += weights[i] * row_entropy;
      points += weights[i];
      duplicates += weights[i] * own[i];
    }
    EXPECT_NEAR(conditional.sum_p_log_p, -entropy, 1e-6 * entropy);
    const auto joint = joint_affinities(self, std::move(conditional));
    for (const double value : std::get<SparseRows<double>>(joint.rows).values) {
      total += value;
    }
    EXPECT_NEAR(total + duplicates / points, 1.0, 1e-12);
  }
}

TEST(SparseAffinities, APerplexityThatNeighborsDoNotWeighIsSpreadByTheirWeights) {
  const auto self = Communicator::self();
  NeighborGraph graph = graph_of(self, test::whole(50), 20);
  AlignedVector<double> light(50, 0.25);
  light[graph.neighbors_of(7)[3]] = 0.5;
  const auto found =
      sparse_affinities<double>(self, std::move(graph), {AffinityKind::perplexity, {12.0}, 1.0}, std::move(light));
  EXPECT_EQ(found.few_neighbors, 50);
  const auto& p = std::get<SparseRows<double>>(found.rows);
  EXPECT_NEAR(*std::max_element(p.values.begin() + 7 * 20, p.values.begin() + 8 * 20), 0.5 / 5.25, 1e-12);
  EXPECT_NEAR(*std::min_element(p.values.begin() + 7 * 20, p.values.begin() + 8 * 20), 0.25 / 5.25, 1e-12);
}

TEST(SparseAffinities, UniformOnesAreOneOverTwiceAllNeighbors) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 200;
  constexpr LocalIndex k = 15;
  const auto joint =
      joint_of<float>(comm, graph_of(comm, RowPartition(rows, comm.size()), k), {AffinityKind::uniform, {}, 1.0});
  const double half = 1.0 / (2.0 * rows * k);
  for (const float p : std::get<SparseRows<float>>(joint.rows).values) {
    const double times = static_cast<double>(p) / half;
    EXPECT_TRUE(std::abs(times - 1.0) < 1e-5 || std::abs(times - 2.0) < 1e-5) << times;
  }
}

TEST(SparseAffinities, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  const auto self = Communicator::self();
  constexpr GlobalIndex rows = 401;
  const auto joint_with = [](const Communicator& ranks, NeighborGraph&& graph, const AffinityOptions& options,
                             bool weighted) {
    return weighted ? joint_affinities(ranks, weighted_of<float>(ranks, std::move(graph), options))
                    : joint_of<float>(ranks, std::move(graph), options);
  };
  for (std::size_t one = 0; one < 2 * all_options.size(); ++one) {
    const AffinityOptions& options = all_options[one / 2];
    const bool weighted = one % 2 == 1;
    set_threads(1);
    const auto whole = joint_with(self, graph_of(self, test::whole(rows), 61), options, weighted);
    const auto& expected = std::get<SparseRows<float>>(whole.rows);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        const auto joint = joint_with(comm, graph_of(comm, partition, 61), options, weighted);
        EXPECT_EQ(joint.sum_p_log_p, whole.sum_p_log_p);
        const auto& found = std::get<SparseRows<float>>(joint.rows);
        for (LocalIndex i = 0; i < found.local_rows(); ++i) {
          const auto begin = static_cast<std::size_t>(found.begin[static_cast<std::size_t>(i)]);
          const auto count = static_cast<std::size_t>(found.begin[static_cast<std::size_t>(i) + 1]) - begin;
          const auto row = static_cast<std::size_t>(found.first_row() + i);
          const auto at = static_cast<std::size_t>(expected.begin[row]);
          ASSERT_EQ(count, static_cast<std::size_t>(expected.begin[row + 1]) - at);
          for (std::size_t e = 0; e < count; ++e) {
            ASSERT_EQ(found.columns[begin + e], expected.columns[at + e]);
            ASSERT_EQ(found.values[begin + e], expected.values[at + e]);
          }
        }
      }
    }
  }
  set_threads(1);
}

/// A row that stays has the joint affinities of the graph, times N; with weights, over its own.
void expect_joint_of_rows_that_stay(const AffinityOptions& options, bool weighted) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 301;
  constexpr LocalIndex k = 61;
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    NeighborGraph graph = graph_of(comm, partition, k);
    MovedRow moved(options, k, weighted);
    const std::size_t width = moved.width();
    std::vector<double> own(graph.input_row.size() * width);
    AlignedVector<double> own_weights = weights_of<double>(graph);
    if (!weighted) {
      std::fill(own_weights.begin(), own_weights.end(), 1.0);
    }
    std::vector<double> weights(static_cast<std::size_t>(rows));
    comm.all_gather(std::span<const double>(own_weights), graph.partition.sizes(), weights.data());
    const double points = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (LocalIndex i = 0; i < graph.local_rows(); ++i) {
      std::vector<double> of_neighbors;
      for (const CompactIndex neighbor : graph.neighbors_of(i)) {
        of_neighbors.push_back(weights[neighbor]);
      }
      moved.describe(graph.distances_of(i), own_weights[static_cast<std::size_t>(i)], of_neighbors,
                     std::span(own).subspan(static_cast<std::size_t>(i) * width, width));
    }
    std::vector<double> all(static_cast<std::size_t>(rows) * width);
    comm.all_gather(std::span<const double>(own), graph.partition.sizes(static_cast<LocalIndex>(width)), all.data());
    const SparseRows<float> pairs = both_directions(comm, graph);
    ConditionalAffinities<double> conditional = weighted ? weighted_of<double>(comm, std::move(graph), options)
                                                         : sparse_affinities<double>(comm, std::move(graph), options);
    const std::vector<double> with_duplicates = conditional.own;
    const auto joint = joint_affinities(comm, std::move(conditional));
    const auto& expected = std::get<SparseRows<double>>(joint.rows);
    ASSERT_EQ(pairs.begin, expected.begin);
    for (std::size_t i = 0; i + 1 < pairs.begin.size(); ++i) {
      std::vector<MovedRow::Other> others;
      for (auto e = static_cast<std::size_t>(pairs.begin[i]); e < static_cast<std::size_t>(pairs.begin[i + 1]); ++e) {
        ASSERT_EQ(pairs.columns[e], expected.columns[e]);
        const auto squared = std::pow(static_cast<double>(pairs.values[e]), 2);
        others.push_back({squared, squared, all.data() + pairs.columns[e] * width, weights[pairs.columns[e]]});
      }
      const std::size_t named = others.size();
      const double weight = own_weights[i];
      if (weight > 1.0) {
        others.push_back({0.0, 0.0, own.data() + i * width, weight - 1.0});
      }
      std::vector<double> q(others.size());
      moved.affinities(others, std::min(1.0, weight), weight > 1.0, q);
      for (std::size_t n = 0; n < named; ++n) {
        const double p = expected.values[static_cast<std::size_t>(pairs.begin[i]) + n] * points / weight;
        ASSERT_NEAR(q[n], p, 1e-5 * p + 1e-12);
      }
      if (weight > 1.0) {
        ASSERT_NEAR(q[named], with_duplicates[i], 1e-5 * with_duplicates[i] + 1e-12);
      }
    }
  }
}

TEST(SparseAffinities, OfARowThatIsMovedToWhereItIs) {
  for (const AffinityOptions& options : all_options) {
    expect_joint_of_rows_that_stay(options, false);
    expect_joint_of_rows_that_stay(options, true);
  }
}

/// Rows at 1, 2, 3, 4 of a line, of which the first is moved by 2.
TEST(SparseAffinities, OfARowThatIsMovedAlongALine) {
  const AffinityOptions options{AffinityKind::sigma, {}, std::sqrt(0.5)};  // exp(-d^2)
  MovedRow moved(options, 3);
  std::vector<double> description(3 * moved.width());
  const std::vector<std::vector<float>> distances{{1.0F, 1.0F, 2.0F}, {1.0F, 1.0F, 2.0F}, {1.0F, 2.0F, 3.0F}};
  std::vector<MovedRow::Other> others;
  for (std::size_t j = 0; j < 3; ++j) {
    const auto place = std::span(description).subspan(j * moved.width(), moved.width());
    moved.describe(distances[j], 1.0, {}, place);
    const double away = 1.0 + static_cast<double>(j);
    others.push_back({away * away, (away - 2.0) * (away - 2.0), place.data()});
  }
  std::vector<double> q(3);
  moved.affinities(others, 1.0, false, q);
  const double e1 = std::exp(-1.0);
  const double e4 = std::exp(-4.0);
  EXPECT_NEAR(q[0], 0.5 * (e1 / (2.0 * e1 + 1.0) + e1 / (2.0 * e1 + e4)), 1e-7);
  EXPECT_NEAR(q[1], 0.5 * (1.0 / (2.0 * e1 + 1.0) + 1.0 / (2.0 * e1 + 1.0)), 1e-7);
  EXPECT_NEAR(q[2], 0.5 * (e1 / (2.0 * e1 + 1.0) + e1 / (e1 + e4 + e1)), 1e-7);
}

/// So many rows that memory is given back while they are worked on.
TEST(SparseAffinities, OfManyRowsInARing) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 100000;
  constexpr LocalIndex k = 20;
  NeighborGraph graph;
  graph.partition = RowPartition(rows, comm.size());
  graph.rank = comm.rank();
  graph.k = k;
  for (GlobalIndex row = graph.partition.begin(comm.rank()); row < graph.partition.end(comm.rank()); ++row) {
    graph.input_row.push_back(row);
    for (LocalIndex n = 1; n <= k; ++n) {  // only rows that follow: no two are neighbors of each other
      graph.neighbors.push_back(static_cast<CompactIndex>((row + n) % rows));
      graph.distances.push_back(1.0F + 0.1F * static_cast<float>(n));
    }
  }
  const auto joint = joint_of<double>(comm, std::move(graph), {AffinityKind::sigma, {}, 0.5});
  std::vector<double> p;  // p_j|i of the n-th row that follows
  double sum = 0.0;
  for (LocalIndex n = 1; n <= k; ++n) {
    const auto distance = static_cast<double>(1.0F + 0.1F * static_cast<float>(n));
    p.push_back(std::exp(-2.0 * distance * distance));
    sum += p.back();
  }
  const auto& found = std::get<SparseRows<double>>(joint.rows);
  for (LocalIndex i = 0; i < found.local_rows(); ++i) {
    const auto begin = static_cast<std::size_t>(found.begin[static_cast<std::size_t>(i)]);
    ASSERT_EQ(found.begin[static_cast<std::size_t>(i) + 1], found.begin[static_cast<std::size_t>(i)] + 2 * k);
    for (std::size_t e = begin; e < begin + 2 * std::size_t{k}; ++e) {
      ASSERT_TRUE(e == begin || found.columns[e - 1] < found.columns[e]);
      const GlobalIndex ahead = (found.columns[e] - (found.first_row() + i) + rows) % rows;
      const GlobalIndex apart = std::min(ahead, rows - ahead);
      ASSERT_LE(apart, k);
      ASSERT_NEAR(found.values[e], p[static_cast<std::size_t>(apart) - 1] / sum / (2.0 * rows), 1e-6 / rows);
    }
  }
}

}  // namespace
}  // namespace distsne
