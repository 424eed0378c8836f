/// Rows compared with all rows: against all pairs written out, with ties, and their bits over partitions.
#include "neighbors/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/data.hpp"

namespace distsne {
namespace {

/// Every third row of a partition's block, and the rows after it as the named ones.
struct Queries {
  std::vector<LocalIndex> rows;
  std::vector<CompactIndex> named;
};

Queries some(const DistributedMatrix<float>& x, GlobalIndex each) {
  Queries queries;
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    if (row % 3 == 0) {
      queries.rows.push_back(i);
      for (GlobalIndex n = 1; n <= each; ++n) {
        queries.named.push_back(static_cast<CompactIndex>((row + n * n * 7) % x.rows()));
      }
    }
  }
  return queries;
}

double distance(const DistributedMatrix<float>& x, std::size_t a, std::size_t b) {
  double sum = 0.0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(x.columns); ++c) {
    sum += std::pow(static_cast<double>(x.row(static_cast<LocalIndex>(a))[c]) -
                        static_cast<double>(x.row(static_cast<LocalIndex>(b))[c]),
                    2);
  }
  return std::sqrt(sum);
}

/// Checks a comparison of all rows of this process against every distance.
/// `exact`: distances are computed without rounding.
void expect_right(const DistributedMatrix<float>& x, const Queries& queries, const RowComparison& found, bool exact) {
  const auto total = static_cast<std::size_t>(x.rows());
  for (std::size_t q = 0; q < queries.rows.size(); ++q) {
    const auto self = static_cast<std::size_t>(queries.rows[q]);
    std::vector<double> all;
    for (std::size_t j = 0; j < total; ++j) {
      if (j != self) {
        all.push_back(distance(x, self, j));
      }
    }
    std::sort(all.begin(), all.end());
    const auto nearest = found.nearest_of(q);
    for (std::size_t n = 0; n < nearest.size(); ++n) {
      ASSERT_NE(nearest[n], self);
      ASSERT_NEAR(distance(x, self, nearest[n]), all[n], 1e-5 * (1.0 + all[n])) << self << " " << n;
    }
    for (std::size_t t = 0; t < found.ranks_of(q).size(); ++t) {
      const double d = distance(x, self, queries.named[q * found.ranks_of(q).size() + t]);
      const auto low = std::lower_bound(all.begin(), all.end(), d * (1.0 - 1e-6)) - all.begin();
      const auto high = std::upper_bound(all.begin(), all.end(), d * (1.0 + 1e-6)) - all.begin();
      // Distances that differ by their rounding only may come in any order.
      ASSERT_GE(found.ranks_of(q)[t], static_cast<double>(low + 1)) << self << " " << t;
      ASSERT_LE(found.ranks_of(q)[t], static_cast<double>(high)) << self << " " << t;
      if (exact) {
        ASSERT_EQ(found.ranks_of(q)[t], 0.5 * static_cast<double>(low + high + 1)) << self << " " << t;
      }
    }
  }
}

void check(const DistributedMatrix<float>& whole, LocalIndex k, LocalIndex named, bool exact = false) {
  const auto comm = Communicator::world();
  const Queries queries = some(whole, named);
  const RowComparison alone = compare_rows(Communicator::self(), whole, queries.rows, k, queries.named, named);
  if (comm.is_root()) {
    expect_right(whole, queries, alone, exact);
  }
  for (const RowPartition& partition : test::partitions(whole.rows(), comm.size())) {
    const auto part = test::part_of(whole, partition, comm.rank());
    const Queries own = some(part, named);
    const RowComparison found = compare_rows(comm, part, own.rows, k, own.named, named);
    const auto before = static_cast<std::size_t>((partition.begin(comm.rank()) + 2) / 3);
    const auto equal = [&](const auto& mine, const auto& theirs, std::size_t width) {
      return mine.size() == own.rows.size() * width &&
             std::equal(mine.begin(), mine.end(), theirs.begin() + static_cast<std::ptrdiff_t>(before * width));
    };
    EXPECT_TRUE(equal(found.nearest, alone.nearest, static_cast<std::size_t>(k)));
    EXPECT_TRUE(equal(found.distances, alone.distances, static_cast<std::size_t>(k)));
    EXPECT_TRUE(equal(found.ranks, alone.ranks, static_cast<std::size_t>(named)));
  }
}

TEST(CompareRows, FindsNearestAndRanksOfAllPairs) {
  check(test::clusters<float>(test::whole(2500), 0, 13), 12, 7);
  check(test::clusters<float>(test::whole(40), 0, 2), 1, 3);
  check(test::clusters<float>(test::whole(300), 0, 5), 20, 0);
}

TEST(CompareRows, TiesShareTheirRankAndTheFirstAreTaken) {
  auto x = test::clusters<float>(test::whole(200), 0, 3);
  for (float& value : x.values) {
    value = std::round(2.0F * value);
  }
  check(x, 9, 5, true);
  std::fill(x.values.begin(), x.values.end(), 3.0F);
  check(x, 9, 5, true);
}

TEST(CompareRows, AnOffsetThatDwarfsTheDistancesIsHarmless) {
  auto x = test::clusters<float>(test::whole(500), 0, 4);
  for (float& value : x.values) {
    value = 5000.0F + value;
  }
  check(x, 10, 6);
  for (float& value : x.values) {
    value *= 1e30F;
  }
  const std::vector<LocalIndex> queries{0, 499};
  const auto comm = Communicator::self();
  EXPECT_EQ(compare_rows(comm, x, queries, 10, {}, 0).nearest.size(), 20U);
  EXPECT_TRUE(std::isfinite(compare_rows(comm, x, queries, 10, {}, 0).distances[0]));
}

}  // namespace
}  // namespace distsne
