/// New rows among known ones: medians, chains of affinities, rows that nothing leads to, bits over partitions.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "embed/new_rows.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows = 12;

/// Rows 0 to 7 are known and lie at (10 i, i). Row 8 has affinities with 1, 2 and 5, row 9 with row 8 alone, and 10 and
/// 11 with each other alone.
SparseRows<double> affinities(const RowPartition& partition, Rank rank) {
  const std::vector<std::vector<std::pair<CompactIndex, double>>> all{
      {},         {{8, 0.1}},  {{8, 0.3}}, {}, {}, {{8, 0.1}}, {}, {}, {{1, 0.1}, {2, 0.3}, {5, 0.1}, {9, 0.2}},
      {{8, 0.2}}, {{11, 0.1}}, {{10, 0.1}}};
  SparseRows<double> own;
  own.partition = partition;
  own.rank = rank;
  for (GlobalIndex i = partition.begin(rank); i < partition.end(rank); ++i) {
    for (const auto& [column, p] : all[static_cast<std::size_t>(i)]) {
      own.columns.push_back(column);
      own.values.push_back(p);
    }
    own.begin.push_back(static_cast<std::int64_t>(own.columns.size()));
  }
  return own;
}

DenseRows<double> dense(const SparseRows<double>& sparse) {
  DenseRows<double> own(sparse.partition, sparse.rank);
  for (LocalIndex i = 0; i < sparse.local_rows(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (auto e = static_cast<std::size_t>(sparse.begin[row]); e < static_cast<std::size_t>(sparse.begin[row + 1]);
         ++e) {
      own.row(i)[sparse.columns[e]] = sparse.values[e];
    }
  }
  return own;
}

/// The map with its new rows, and what was known of it.
Embedding<double> placed(const Communicator& comm, const RowPartition& partition, bool all_pairs) {
  Embedding<double> map(partition, comm.rank(), 2);
  std::vector<std::uint8_t> known;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    const GlobalIndex row = map.first_row() + i;
    known.push_back(row < 8 ? 1 : 0);
    map.row(i)[0] = row < 8 ? 10.0 * static_cast<double>(row) : 0.0;
    map.row(i)[1] = row < 8 ? static_cast<double>(row) : 0.0;
  }
  const SparseRows<double> sparse = affinities(partition, comm.rank());
  const AffinityRows<double> kept = all_pairs ? AffinityRows<double>(dense(sparse)) : AffinityRows<double>(sparse);
  place_new_rows<double>(comm, kept, known, {}, 7, map);
  return map;
}

TEST(NewRows, BeginAtTheMedianOfTheirNeighbors) {
  const Embedding<double> map = placed(Communicator::self(), test::whole(rows), false);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(map.values[2 * i], 10.0 * static_cast<double>(i));
    EXPECT_EQ(map.values[2 * i + 1], static_cast<double>(i));
  }
  const auto near = [&](std::size_t row, double x, double y) {
    const double apart = std::hypot(map.values[2 * row] - x, map.values[2 * row + 1] - y);
    EXPECT_LT(apart, 0.5) << row;
    EXPECT_GT(apart, 0.0) << row;
  };
  near(8, 20.0, 2.0);
  near(9, 20.0, 2.0);  // by way of row 8
  near(10, 77.0, 3.5);
  near(11, 77.0, 3.5);
  EXPECT_NE(map.values[20], map.values[22]);
}

TEST(NewRows, SameBitsForAnyPartitionAndForAllPairs) {
  const Embedding<double> alone = placed(Communicator::self(), test::whole(rows), false);
  const auto comm = Communicator::world();
  for (const bool all_pairs : {false, true}) {
    const Embedding<double> map = placed(comm, RowPartition(rows, comm.size()), all_pairs);
    for (std::size_t c = 0; c < map.values.size(); ++c) {
      EXPECT_EQ(map.values[c], alone.values[c + static_cast<std::size_t>(2 * map.first_row())]);
    }
  }
}

}  // namespace
}  // namespace distsne
