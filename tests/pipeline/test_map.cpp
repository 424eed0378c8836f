/// Maps in memory: the same bits for any partition, a graph or a map that is given, stopping, and errors everywhere.
#include "distsne/pipeline/map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "neighbors/neighbors.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows = 300;
constexpr LocalIndex columns = 8;

MapOptions quick() {
  MapOptions options;
  options.affinity.perplexities = {10.0};
  options.schedule.iterations = 24;
  options.schedule.exaggeration_iterations = 12;
  options.threads = 1;
  return options;
}

MapInput<float> input_of(const RowPartition& partition, Rank rank) {
  MapInput<float> input;
  input.rows = test::clusters<float>(partition, rank, columns);
  return input;
}

/// The message of the error that all ranks throw.
std::string refusal(const Communicator& comm, MapInput<float> input, const MapOptions& options) {
  try {
    static_cast<void>(compute_map<float>(comm, std::move(input), options));
  } catch (const Error& error) {
    EXPECT_TRUE(error.everywhere()) << error.what();
    EXPECT_EQ(error.code(), ExitCode::bad_input);
    return error.what();
  }
  return "none";
}

TEST(MapInMemory, AnyPartitionGivesTheSameBits) {
  const auto comm = Communicator::world();
  for (const NeighborChoice neighbors : {NeighborChoice::all, NeighborChoice::approximate}) {
    MapOptions options = quick();
    options.neighbors = neighbors;
    const auto self = Communicator::self();
    const Map<float> alone = compute_map<float>(self, input_of(test::whole(rows), 0), options);
    EXPECT_TRUE(alone.record.finished);
    EXPECT_EQ(alone.record.iterations, 24);
    EXPECT_GT(alone.kl, 0.0);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const Map<float> map = compute_map<float>(comm, input_of(partition, comm.rank()), options);
      EXPECT_EQ(map.points.partition, partition);
      EXPECT_EQ(map.points.values, test::part_of(alone.points, partition, comm.rank()).values);
      EXPECT_EQ(map.kl, alone.kl);
    }
  }
}

TEST(MapInMemory, RowsFarFromTheOriginKeepTheirDifferences) {
  const auto comm = Communicator::world();
  const RowPartition partition(rows, comm.size());
  MapInput<double> near;
  near.rows = test::clusters<double>(partition, comm.rank(), columns);
  MapInput<double> far = near;
  for (double& value : far.rows.values) {
    value += std::ldexp(1.0, 30);
  }
  for (std::size_t i = 0; i < near.rows.values.size(); ++i) {  // as the shift has rounded them
    near.rows.values[i] = far.rows.values[i] - std::ldexp(1.0, 30);
  }
  const double kl = compute_map<double>(comm, std::move(near), quick()).kl;
  EXPECT_NEAR(compute_map<double>(comm, std::move(far), quick()).kl, kl, 1e-3 * kl);
}

TEST(MapInMemory, GraphAndInitialMapAreTaken) {
  const auto comm = Communicator::world();
  MapOptions options = quick();
  options.neighbors = NeighborChoice::exact;
  const RowPartition even(rows, comm.size());
  const Map<float> searched = compute_map<float>(comm, input_of(even, comm.rank()), options);
  NeighborOptions search;
  search.search = NeighborSearch::exact;
  search.k = neighbors_needed(options.affinity, rows) + 3;  // more than are needed
  options.neighbors = NeighborChoice::automatic;
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    FoundNeighbors found = find_neighbors(comm, test::clusters<float>(even, comm.rank(), columns), search);
    MapInput<float> input = input_of(partition, comm.rank());
    input.graph = std::move(found.graph);
    EXPECT_EQ(compute_map<float>(comm, std::move(input), options).kl, searched.kl);
  }
  MapInput<float> resting = input_of(even, comm.rank());
  resting.initial = test::random_map<float>(test::partitions(rows, comm.size()).back(), comm.rank(), 2, 3.0);
  options.schedule.iterations = 0;
  options.schedule.exaggeration_iterations = 0;
  const Map<float> map = compute_map<float>(comm, std::move(resting), options);
  EXPECT_EQ(map.points.values, test::random_map<float>(even, comm.rank(), 2, 3.0).values);
}

/// A ring in which each row belongs with the next two, twice as much with the first.
SparseMatrix<float> ring(const RowPartition& partition, Rank rank) {
  SparseMatrix<float> matrix;
  matrix.partition = partition;
  matrix.rank = rank;
  matrix.columns = static_cast<LocalIndex>(rows);
  for (GlobalIndex row = partition.begin(rank); row < partition.end(rank); ++row) {
    std::vector<std::pair<GlobalIndex, float>> entries{{(row + 1) % rows, 2.0F}, {(row + 2) % rows, 1.0F}};
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, value] : entries) {
      matrix.column.push_back(static_cast<CompactIndex>(column));
      matrix.values.push_back(value);
    }
    matrix.begin.push_back(std::ssize(matrix.values));
  }
  return matrix;
}

TEST(MapInMemory, MatricesAreTaken) {
  const auto comm = Communicator::world();
  for (const AffinityKind kind : {AffinityKind::given, AffinityKind::uniform}) {
    MapOptions options = quick();
    options.affinity.kind = kind;
    MapInput<float> whole;
    whole.matrix = ring(test::whole(rows), 0);
    const auto self = Communicator::self();
    const Map<float> alone = compute_map<float>(self, std::move(whole), options);
    EXPECT_EQ(alone.record.neighbors, 2);
    EXPECT_EQ(alone.notes.size(), kind == AffinityKind::given ? 1U : 0U);  // not symmetric
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      MapInput<float> input;
      input.matrix = ring(partition, comm.rank());
      const Map<float> map = compute_map<float>(comm, std::move(input), options);
      EXPECT_EQ(map.points.partition, partition);
      EXPECT_EQ(map.points.values, test::part_of(alone.points, partition, comm.rank()).values);
    }
  }
  MapOptions options = quick();
  options.affinity.kind = AffinityKind::given;
  const RowPartition even(rows, comm.size());
  MapInput<float> input = input_of(even, comm.rank());
  EXPECT_NE(refusal(comm, input, options).find("there are no affinities"), std::string::npos);
  input.matrix = ring(even, comm.rank());
  if (comm.rank() == comm.size() - 1) {
    input.matrix->values.back() = -1.0F;
  }
  EXPECT_NE(refusal(comm, input, options).find("at least 0"), std::string::npos);
  input.matrix = ring(even, comm.rank());
  input.matrix->begin.back() += 1;
  EXPECT_NE(refusal(comm, input, options).find("entries of each row"), std::string::npos);
}

/// One weight for each row, by the row.
DistributedMatrix<double> weights_in(const RowPartition& partition, Rank rank) {
  DistributedMatrix<double> weights(partition, rank, 1);
  for (LocalIndex i = 0; i < weights.local_rows(); ++i) {
    weights.row(i)[0] = 0.5 + static_cast<double>((weights.first_row() + i) % 5);
  }
  return weights;
}

TEST(MapInMemory, WeightsAreTaken) {
  const auto comm = Communicator::world();
  const auto self = Communicator::self();
  const MapOptions options = quick();
  MapInput<float> input = input_of(test::whole(rows), 0);
  input.weights = weights_in(test::whole(rows), 0);
  const Map<float> alone = compute_map<float>(self, std::move(input), options);
  EXPECT_NE(alone.kl, compute_map<float>(self, input_of(test::whole(rows), 0), options).kl);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    input = input_of(RowPartition(rows, comm.size()), comm.rank());
    input.weights = weights_in(partition, comm.rank());
    const Map<float> map = compute_map<float>(comm, std::move(input), options);
    EXPECT_EQ(map.points.values, test::part_of(alone.points, map.points.partition, comm.rank()).values);
    EXPECT_EQ(map.kl, alone.kl);
  }
  input = input_of(RowPartition(rows, comm.size()), comm.rank());
  MapOptions exact = quick();
  exact.neighbors = NeighborChoice::exact;
  const double plain = compute_map<float>(comm, input, exact).kl;
  input.weights = weights_in(input.rows.partition, comm.rank());
  std::fill(input.weights->values.begin(), input.weights->values.end(), 1.0);
  EXPECT_EQ(compute_map<float>(comm, std::move(input), exact).kl, plain);
}

/// The rows of `clusters`, each so many times, and where they begin.
MapInput<double> repeated(GlobalIndex times) {
  const auto few = test::clusters<double>(test::whole(rows), 0, columns);
  const auto start = test::random_map<double>(test::whole(rows), 0, 2, 3.0);
  MapInput<double> input;
  input.rows = DistributedMatrix<double>(test::whole(rows * times), 0, columns);
  input.initial = Embedding<double>(test::whole(rows * times), 0, 2);
  for (LocalIndex i = 0; i < input.rows.local_rows(); ++i) {
    const auto row = static_cast<LocalIndex>(i / times);
    std::copy(few.row(row).begin(), few.row(row).end(), input.rows.row(i).begin());
    std::copy(start.row(row).begin(), start.row(row).end(), input.initial->row(i).begin());
  }
  return input;
}

TEST(MapInMemory, AWeightIsSoManyEqualRows) {
  const auto self = Communicator::self();
  MapOptions options = quick();
  options.neighbors = NeighborChoice::exact;
  options.schedule.iterations = 0;
  options.schedule.exaggeration_iterations = 0;
  options.k = 40;
  MapInput<double> weighted = repeated(1);
  weighted.weights = DistributedMatrix<double>(test::whole(rows), 0, 1);
  std::fill(weighted.weights->values.begin(), weighted.weights->values.end(), 3.0);
  const double kl = compute_map<double>(self, std::move(weighted), options).kl;
  options.k = 3 * 40 + 2;
  EXPECT_NEAR(kl, compute_map<double>(self, repeated(3), options).kl, 1e-6 * kl);
}

TEST(MapInMemory, WhatHasNoWeightsIsRefusedByAllRanks) {
  const auto comm = Communicator::world();
  const RowPartition even(rows, comm.size());
  const auto expect = [&](const std::string& words, const MapOptions& options, const auto& change) {
    MapInput<float> input = input_of(even, comm.rank());
    input.weights = weights_in(even, comm.rank());
    change(input);
    const std::string message = refusal(comm, std::move(input), options);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  const auto nothing = [](const MapInput<float>&) {};
  const bool last = comm.rank() == comm.size() - 1;
  const GlobalIndex bad = even.begin(comm.size() - 1) + 2;
  for (const double value : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e300, 1e-300}) {
    expect("weights: that of row " + std::to_string(bad) + " (counted from 0) is", quick(),
           [&](MapInput<float>& input) {
             if (last) {
               input.weights->values[2] = value;
             }
           });
  }
  expect("one of each of 300 rows is wanted", quick(),
         [&](MapInput<float>& input) { input.weights = weights_in(RowPartition(rows - 1, comm.size()), comm.rank()); });
  expect("one of each of 300 rows is wanted", quick(),
         [&](MapInput<float>& input) { input.weights = DistributedMatrix<double>(even, comm.rank(), 2); });
  expect("weights: rank", quick(), [&](MapInput<float>& input) {
    if (last) {
      input.weights->values.pop_back();
    }
  });
  if (comm.size() > 1) {
    expect("on some ranks only", quick(), [&](MapInput<float>& input) {
      if (last) {
        input.weights.reset();
      }
    });
  }
  MapOptions options = quick();
  options.objective.method = Method::sne;
  expect("weights: only tsne and ssne have them", options, nothing);
  options = quick();
  options.neighbors = NeighborChoice::all;
  expect("weights: rows have them with their nearest neighbors", options, nothing);
  expect("and not as a matrix", quick(), [&](MapInput<float>& input) { input.matrix = ring(even, comm.rank()); });
}

/// Stops after some iterations, asked for by the last rank only.
class Stopper : public MapObserver {
 public:
  explicit Stopper(int after) : after_(after) {}
  void iteration(const IterationReport& report) override { done_ = report.iteration; }
  bool wants_stop() override {
    const auto comm = Communicator::world();
    return comm.rank() == comm.size() - 1 && done_ >= after_;
  }

 private:
  int after_;
  int done_ = 0;
};

TEST(MapInMemory, TheCallerStopsIt) {
  const auto comm = Communicator::world();
  const RowPartition even(rows, comm.size());
  Stopper late(7);
  const Map<float> map = compute_map<float>(comm, input_of(even, comm.rank()), quick(), late);
  EXPECT_FALSE(map.record.finished);
  EXPECT_EQ(map.record.ending, "stopped");
  EXPECT_GE(map.record.iterations, 7);
  EXPECT_LE(map.record.iterations, 9);
  Stopper at_once(0);
  try {
    static_cast<void>(compute_map<float>(comm, input_of(even, comm.rank()), quick(), at_once));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::stopped);
    EXPECT_TRUE(error.everywhere());
  }
  EXPECT_TRUE(compute_map<float>(comm, input_of(even, comm.rank()), quick()).record.finished);
}

TEST(MapInMemory, ErrorsAreThrownByAllRanks) {
  const auto comm = Communicator::world();
  const RowPartition even(rows, comm.size());
  MapInput<float> input = input_of(even, comm.rank());
  if (comm.rank() == comm.size() - 1) {
    input.rows.row(0)[3] = std::nanf("");
  }
  EXPECT_NE(refusal(comm, input, quick()).find("column 3"), std::string::npos);
  input = input_of(even, comm.rank());
  if (comm.rank() == comm.size() - 1) {
    input.rows.values.pop_back();
  }
  EXPECT_NE(refusal(comm, input, quick()).find("values"), std::string::npos);
  MapOptions options = quick();
  options.objective.dims = 4;
  EXPECT_NE(refusal(comm, input_of(even, comm.rank()), options).find("--dims"), std::string::npos);
  options = quick();
  options.affinity.perplexities = {1e6};
  EXPECT_NE(refusal(comm, input_of(even, comm.rank()), options).find("perplexity"), std::string::npos);
  options = quick();
  options.init = "somewhere";
  EXPECT_NE(refusal(comm, input_of(even, comm.rank()), options).find("somewhere"), std::string::npos);
  EXPECT_NE(refusal(comm, {}, quick()).find("are wanted"), std::string::npos);
  input = input_of(even, comm.rank());
  NeighborGraph graph;
  graph.partition = even;
  graph.rank = comm.rank();
  graph.k = 1;
  graph.neighbors.resize(static_cast<std::size_t>(even.size(comm.rank())));
  graph.input_row.resize(graph.neighbors.size());
  std::iota(graph.input_row.begin(), graph.input_row.end(), even.begin(comm.rank()));
  std::iota(graph.neighbors.begin(), graph.neighbors.end(), static_cast<CompactIndex>(even.begin(comm.rank())));
  input.graph = graph;
  EXPECT_NE(refusal(comm, input, quick()).find("its own neighbor"), std::string::npos);
}

TEST(MapInMemory, ThreadsOfTheHostStayAsTheyWere) {
  set_threads(3);
  MapOptions options = quick();
  options.threads = 2;
  const auto self = Communicator::self();
  static_cast<void>(compute_map<float>(self, input_of(test::whole(rows), 0), options));
  EXPECT_EQ(threads(), 3);
  set_threads(1);
}

}  // namespace
}  // namespace distsne
