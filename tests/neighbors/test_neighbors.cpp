/// Neighbors against all pairs written out, their recall, their bits over partitions, and rows that make it hard.
#include "neighbors/neighbors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

/// The graph of all ranks in input rows: neighbors and distances of every input row.
struct WholeGraph {
  std::vector<std::vector<GlobalIndex>> neighbors;
  std::vector<std::vector<float>> distances;
  friend bool operator==(const WholeGraph&, const WholeGraph&) = default;
};

WholeGraph gathered(const Communicator& comm, const NeighborGraph& graph) {
  const auto rows = static_cast<std::size_t>(graph.rows());
  const auto k = static_cast<std::size_t>(graph.k);
  std::vector<GlobalIndex> input_row(rows);
  std::vector<CompactIndex> neighbors(rows * k);
  std::vector<float> distances(rows * k);
  comm.all_gather(std::span<const GlobalIndex>(graph.input_row), graph.partition.sizes(), input_row.data());
  comm.all_gather(std::span<const CompactIndex>(graph.neighbors), graph.partition.sizes(graph.k), neighbors.data());
  comm.all_gather(std::span<const float>(graph.distances), graph.partition.sizes(graph.k), distances.data());
  WholeGraph whole;
  whole.neighbors.resize(rows);
  whole.distances.resize(rows);
  for (std::size_t w = 0; w < rows; ++w) {
    const auto i = static_cast<std::size_t>(input_row[w]);
    EXPECT_TRUE(whole.neighbors[i].empty());
    for (std::size_t n = 0; n < k; ++n) {
      whole.neighbors[i].push_back(input_row[neighbors[w * k + n]]);
      whole.distances[i].push_back(distances[w * k + n]);
    }
  }
  return whole;
}

double distance(const DistributedMatrix<float>& x, GlobalIndex a, GlobalIndex b) {
  double sum = 0.0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(x.columns); ++c) {
    sum += std::pow(static_cast<double>(x.row(static_cast<LocalIndex>(a))[c]) -
                        static_cast<double>(x.row(static_cast<LocalIndex>(b))[c]),
                    2);
  }
  return std::sqrt(sum);
}

/// Checks that the neighbors are valid and no farther than the k nearest of all rows, up to rounding; the ranks share
/// the rows.
void expect_exact(const DistributedMatrix<float>& x, const WholeGraph& graph, double tolerance) {
  const auto rows = graph.neighbors.size();
  const auto k = graph.neighbors[0].size();
  const auto comm = Communicator::world();
  for (auto i = static_cast<std::size_t>(comm.rank()); i < rows; i += static_cast<std::size_t>(comm.size())) {
    std::vector<double> all;
    for (std::size_t j = 0; j < rows; ++j) {
      if (j != i) {
        all.push_back(distance(x, static_cast<GlobalIndex>(i), static_cast<GlobalIndex>(j)));
      }
    }
    std::sort(all.begin(), all.end());
    std::vector<GlobalIndex> seen = graph.neighbors[i];
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "row " << i;
    ASSERT_FALSE(std::binary_search(seen.begin(), seen.end(), static_cast<GlobalIndex>(i)));
    for (std::size_t n = 0; n < k; ++n) {
      const double own = distance(x, static_cast<GlobalIndex>(i), graph.neighbors[i][n]);
      ASSERT_NEAR(static_cast<double>(graph.distances[i][n]), own, tolerance * (1.0 + own)) << i << " " << n;
      ASSERT_NEAR(own, all[n], tolerance * (1.0 + all[n])) << "row " << i << " neighbor " << n;
    }
  }
}

FoundNeighbors search(const Communicator& comm, DistributedMatrix<float> x, LocalIndex k, NeighborSearch how,
                      double recall = 0.95) {
  return find_neighbors(comm, std::move(x), {how, k, recall, 5});
}

TEST(Neighbors, ExactSearchFindsTheNearestOfAllPairs) {
  const auto comm = Communicator::world();
  for (const GlobalIndex rows : {2, 3, 60, 3000}) {  // one list, and several hundred
    for (const LocalIndex columns : {1, 3, 50}) {
      const auto k = static_cast<LocalIndex>(std::min<GlobalIndex>(rows - 1, 17));
      const auto whole = test::clusters<float>(test::whole(rows), 0, columns);
      for (const RowPartition& partition : test::partitions(rows, comm.size())) {
        const auto found =
            search(comm, test::clusters<float>(partition, comm.rank(), columns), k, NeighborSearch::exact);
        EXPECT_TRUE(found.report.exact);
        EXPECT_EQ(found.report.recall, 1.0);
        expect_exact(whole, gathered(comm, found.graph), 1e-4);
        if (rows == 3000) {
          break;
        }
      }
    }
  }
}

TEST(Neighbors, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 5000;
  for (const NeighborSearch how : {NeighborSearch::exact, NeighborSearch::approximate}) {
    set_threads(1);
    const auto expected = search(Communicator::self(), test::clusters<float>(test::whole(rows), 0, 20), 30, how, 0.9);
    const WholeGraph whole = gathered(Communicator::self(), expected.graph);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        const auto found = search(comm, test::clusters<float>(partition, comm.rank(), 20), 30, how, 0.9);
        EXPECT_EQ(found.report.probes, expected.report.probes);
        EXPECT_EQ(found.report.recall, expected.report.recall);
        const WholeGraph other = gathered(comm, found.graph);
        EXPECT_EQ(other.neighbors, whole.neighbors);
        EXPECT_EQ(other.distances, whole.distances);
      }
    }
  }
  set_threads(1);
}

TEST(Neighbors, ApproximateSearchReachesTheRecallWithFewerDistances) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 20000;
  const auto x = test::clusters<float>(RowPartition(rows, comm.size()), comm.rank(), 10);
  double last = 0.0;
  for (const double recall : {0.8, 0.95, 0.99}) {
    const auto found = search(comm, x, 30, NeighborSearch::approximate, recall);
    EXPECT_FALSE(found.report.exact);
    EXPECT_GE(found.report.recall, recall);
    EXPECT_GT(found.report.sampled, 300);
    EXPECT_LT(found.report.distances, 0.5 * static_cast<double>(rows));
    EXPECT_GT(found.report.distances, last);
    last = found.report.distances;
  }
}

TEST(Neighbors, EqualRowsAreEachOthersNeighborsEvenly) {
  // Half of the rows are the same point: a cluster far longer than a list.
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 6000;
  constexpr LocalIndex k = 20;
  const auto with_duplicates = [](const RowPartition& partition, Rank rank) {
    auto x = test::clusters<float>(partition, rank, 8);
    for (LocalIndex i = 0; i < x.local_rows(); ++i) {
      if ((x.first_row() + i) % 2 == 0) {
        std::fill(x.row(i).begin(), x.row(i).end(), 1.5F);
      }
    }
    return x;
  };
  const auto whole = with_duplicates(test::whole(rows), 0);
  const auto expected =
      gathered(Communicator::self(), search(Communicator::self(), whole, k, NeighborSearch::exact).graph);
  for (const NeighborSearch how : {NeighborSearch::exact, NeighborSearch::approximate}) {
    const auto found = search(comm, with_duplicates(RowPartition(rows, comm.size()), comm.rank()), k, how);
    EXPECT_GE(found.report.recall, 0.95);
    const WholeGraph graph = gathered(comm, found.graph);
    if (how == NeighborSearch::exact) {
      EXPECT_EQ(graph, expected);
      expect_exact(whole, graph, 1e-4);
    }
    std::vector<int> chosen(static_cast<std::size_t>(rows), 0);
    for (GlobalIndex i = 0; i < rows; i += 2) {
      for (const GlobalIndex j : graph.neighbors[static_cast<std::size_t>(i)]) {
        EXPECT_EQ(j % 2, 0);
        ++chosen[static_cast<std::size_t>(j)];
      }
    }
    EXPECT_LE(*std::max_element(chosen.begin(), chosen.end()), 2 * k);
  }
}

TEST(Neighbors, RowsFarFromAllOthersHaveNeighborsToo) {
  // Small clusters, each in a list of its own that has all neighbors of its rows, so that few lists are probed; one row
  // in twenty lies alone, in a list with fewer rows than it is to have neighbors.
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 6000;
  constexpr GlobalIndex clusters = 400;
  constexpr LocalIndex k = 9;
  const CounterRandom random(4);
  DistributedMatrix<float> x(RowPartition(rows, comm.size()), comm.rank(), 8);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    const GlobalIndex center = row % 20 == 0 ? row : row % clusters;
    for (std::uint32_t m = 0; m < 8; ++m) {
      x.row(i)[m] = static_cast<float>(random.normal(center, m) + 1e-3 * random.normal(row, 8 + m));
    }
  }
  const auto found = search(comm, x, k, NeighborSearch::approximate, 0.6);
  EXPECT_FALSE(found.report.exact);
  const WholeGraph graph = gathered(comm, found.graph);
  for (GlobalIndex i = 0; i < rows; ++i) {
    const std::vector<GlobalIndex>& neighbors = graph.neighbors[static_cast<std::size_t>(i)];
    const std::set<GlobalIndex> different(neighbors.begin(), neighbors.end());
    EXPECT_TRUE(different.size() == static_cast<std::size_t>(k) && !different.contains(i)) << i;
  }
}

TEST(Neighbors, AllRowsEqual) {
  const auto comm = Communicator::world();
  for (const GlobalIndex rows : {5, 4000}) {
    DistributedMatrix<float> x(RowPartition(rows, comm.size()), comm.rank(), 4);
    std::fill(x.values.begin(), x.values.end(), -7.0F);
    const auto graph = gathered(comm, search(comm, x, 4, NeighborSearch::automatic).graph);
    for (const auto& distances : graph.distances) {
      EXPECT_EQ(distances, std::vector<float>(4, 0.0F));
    }
  }
}

TEST(Neighbors, FarFromTheOriginAndOfAnyUnit) {
  // Clusters of size 1 at distance 3000: the expanded distances have no digits left there.
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 2500;
  const auto placed = [](const RowPartition& partition, Rank rank, float unit) {
    auto x = test::clusters<float>(partition, rank, 3);
    for (LocalIndex i = 0; i < x.local_rows(); ++i) {
      x.row(i)[0] += (x.first_row() + i) % 2 == 0 ? 3000.0F : -3000.0F;
      for (float& value : x.row(i)) {
        value *= unit;
      }
    }
    return x;
  };
  const RowPartition partition(rows, comm.size());
  const auto graph = gathered(comm, search(comm, placed(partition, comm.rank(), 1.0F), 9, NeighborSearch::exact).graph);
  expect_exact(placed(test::whole(rows), 0, 1.0F), graph, 2e-3);
  const auto huge =
      gathered(comm, search(comm, placed(partition, comm.rank(), 0x1.0p90F), 9, NeighborSearch::exact).graph);
  EXPECT_EQ(huge.neighbors, graph.neighbors);
  EXPECT_EQ(huge.distances[7][3], 0x1.0p90F * graph.distances[7][3]);
}

TEST(Neighbors, UniformNoiseInManyDimensions) {
  // Nothing to go by: recall can only come from probing most lists.
  const auto comm = Communicator::world();
  const RowPartition partition(6000, comm.size());
  DistributedMatrix<float> x(partition, comm.rank(), 60);
  const CounterRandom random(8);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    for (std::size_t c = 0; c < 60; ++c) {
      x.row(i)[c] = static_cast<float>(random.uniform(x.first_row() + i, static_cast<std::uint32_t>(c)));
    }
  }
  EXPECT_GE(search(comm, x, 15, NeighborSearch::approximate).report.recall, 0.95);
}

TEST(Neighbors, TooManyNeighborsIsAnErrorOnAllRanks) {
  const auto comm = Communicator::world();
  const auto x = test::clusters<float>(RowPartition(10, comm.size()), comm.rank(), 2);
  try {
    search(comm, x, 10, NeighborSearch::automatic);
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.everywhere());
    EXPECT_NE(std::string(error.what()).find("choose 1 to 9"), std::string::npos);
  }
}

}  // namespace
}  // namespace distsne
