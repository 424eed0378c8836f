/// Initial maps of data with outliers, heavy tails and ties: most rows are spread out, whatever the others are.
#include "distsne/embed/initialization.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/random.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

constexpr double spread = 1e-4;
constexpr GlobalIndex rows = 3000;

using Scores = std::function<double(GlobalIndex row, std::size_t column)>;

double normal(GlobalIndex row, std::size_t column) {
  return CounterRandom(5).normal(row, static_cast<std::uint32_t>(column));
}

/// The map of all rows, made by this rank alone; other partitions have to give the same.
Embedding<float> initial_map(const Scores& scores) {
  const auto make = [&](const Communicator& comm, const RowPartition& partition) {
    std::vector<double> own;
    for (GlobalIndex row = partition.begin(comm.rank()); row < partition.end(comm.rank()); ++row) {
      own.push_back(scores(row, 0));
      own.push_back(scores(row, 1));
    }
    return initial_from_scores<float>(comm, partition, own, 2, 2, spread, 1);
  };
  auto whole = make(Communicator::self(), test::whole(rows));
  const auto comm = Communicator::world();
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    EXPECT_EQ(make(comm, partition).values, test::part_of(whole, partition, comm.rank()).values);
  }
  return whole;
}

/// Of a coordinate over the rows: the value that a share of them stays below.
double quantile(const Embedding<float>& map, std::size_t column, double share) {
  std::vector<double> values;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    values.push_back(static_cast<double>(map.row(i)[column]));
  }
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Half of the rows spread over about as much as the map should, and none is far out.
void expect_sound(const Embedding<float>& map, std::size_t columns = 2, double furthest = 500.0) {
  for (std::size_t m = 0; m < columns; ++m) {
    EXPECT_GT(quantile(map, m, 0.75) - quantile(map, m, 0.25), 0.05 * spread) << m;
    EXPECT_LT(std::abs(quantile(map, m, 0.5)), spread) << m;
    EXPECT_LT(quantile(map, m, 1.0), furthest * spread) << m;
    EXPECT_GT(quantile(map, m, 0.0), -furthest * spread) << m;
  }
}

TEST(InitialMap, RowsWithinTenDeviationsStayWhereTheyWere) {
  const auto map = initial_map(normal);
  const auto noise = initial_random<float>(test::whole(rows), 0, 2, 0.01 * spread, 1);
  double square = 0.0;
  double sum = 0.0;
  for (GlobalIndex row = 0; row < rows; ++row) {
    square += std::pow(normal(row, 0), 2) / rows;
    sum += normal(row, 0) / rows;
  }
  const double factor = spread / std::sqrt(square - sum * sum);
  for (LocalIndex i = 0; i < rows; ++i) {
    for (std::size_t m = 0; m < 2; ++m) {
      EXPECT_NEAR(map.row(i)[m], static_cast<double>(noise.row(i)[m]) + factor * normal(i, m), 1e-10);
    }
  }
}

TEST(InitialMap, OneRowFarOutLeavesTheOthersSpread) {
  for (const double distance : {1e2, 1e6, 1e15, 1e38, 1e200, 1e307}) {
    SCOPED_TRACE(distance);
    // What is left of the others is lost in rounding where the mean is of another size than they are.
    const bool others_left = distance < 1e15;
    const auto map = initial_map([&](GlobalIndex row, std::size_t column) {
      return (row == 77 && column == 0 ? distance
              : others_left            ? normal(row, column)
                                       : 0.0) -
             (column == 0 ? distance / static_cast<double>(rows) : 0.0);
    });
    expect_sound(map);
    EXPECT_GT(map.row(77)[0], 9.0F * static_cast<float>(spread));
  }
}

TEST(InitialMap, HeavyTailsLeaveTheOthersSpread) {
  for (const double width : {2.0, 5.0, 20.0}) {
    expect_sound(
        initial_map([&](GlobalIndex row, std::size_t column) { return std::exp(width * normal(row, column)); }), 2,
        1000.0);
  }
}

TEST(InitialMap, TiedRowsAreParted) {
  expect_sound(initial_map([](GlobalIndex, std::size_t) { return 0.0; }));
  expect_sound(initial_map([](GlobalIndex, std::size_t) { return 7.5; }));
  expect_sound(initial_map([](GlobalIndex row, std::size_t column) { return row == 5 && column == 0 ? 3.0 : 1.0; }));
  expect_sound(initial_map([](GlobalIndex row, std::size_t) { return row % 1000 == 0 ? 1e20 : 0.0; }));
}

}  // namespace
}  // namespace distsne
