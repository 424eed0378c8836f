/// A search in another set: against all pairs, and for a row alone, in any company and on any ranks the same.
#include "neighbors/reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/data.hpp"

namespace distsne {
namespace {

/// Neighbors and distances of rows of this rank by rows of the reference's input.
struct Named {
  std::vector<GlobalIndex> rows;
  std::vector<float> distances;
};

Named named(const Communicator& comm, const ReferenceRows& reference, const ForeignNeighbors& found) {
  std::vector<GlobalIndex> input_row(static_cast<std::size_t>(reference.partition().rows()));
  comm.all_gather(std::span<const GlobalIndex>(reference.input_row()), reference.partition().sizes(), input_row.data());
  Named result;
  for (const CompactIndex row : found.neighbors) {
    result.rows.push_back(input_row[row]);
  }
  result.distances = found.distances;
  return result;
}

DistributedMatrix<float> new_rows(const RowPartition& partition, Rank rank, LocalIndex columns) {
  auto x = test::clusters<float>(partition, rank, columns, 1);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
      x.row(i)[c] += 0.3F * std::sin(static_cast<float>(x.first_row() + i) + static_cast<float>(c));
      x.row(i)[c] *= (x.first_row() + i) % 10 == 3 ? 500.0F : 1.0F;  // some are far from all
    }
  }
  return x;
}

double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    sum += std::pow(static_cast<double>(a[c]) - static_cast<double>(b[c]), 2);
  }
  return std::sqrt(sum);
}

TEST(ReferenceRows, FindsTheNearestOfAllRows) {
  for (const GlobalIndex rows : {40, 3000}) {  // one list, and many
    const auto x = test::clusters<float>(test::whole(rows), 0, 6);
    const auto comm = Communicator::self();
    NeighborOptions options;
    options.search = NeighborSearch::exact;
    options.k = 12;
    auto copy = x;
    const ReferenceRows reference(comm, std::move(copy), options);
    const auto queries = new_rows(test::whole(50), 0, 6);
    const Named found = named(comm, reference, reference.nearest(queries, 12));
    for (LocalIndex q = 0; q < 50; ++q) {
      std::vector<double> all;
      for (LocalIndex i = 0; i < x.local_rows(); ++i) {
        all.push_back(distance(queries.row(q), x.row(i)));
      }
      std::sort(all.begin(), all.end());
      for (std::size_t n = 0; n < 12; ++n) {
        const std::size_t at = static_cast<std::size_t>(q) * 12 + n;
        ASSERT_NEAR(static_cast<double>(found.distances[at]), all[n], 1e-5 * (1.0 + all[n])) << q << " " << n;
        ASSERT_NEAR(distance(queries.row(q), x.row(static_cast<LocalIndex>(found.rows[at]))), all[n],
                    1e-5 * (1.0 + all[n]));
      }
    }
  }
}

TEST(ReferenceRows, ARowFindsTheSameInAnyCompanyOnAnyRanks) {
  const auto comm = Communicator::world();
  const GlobalIndex rows = 5000;
  const auto x = test::clusters<float>(test::whole(rows), 0, 5);
  NeighborOptions options;
  options.search = NeighborSearch::approximate;
  options.k = 9;
  auto copy = x;
  const ReferenceRows alone(Communicator::self(), std::move(copy), options);
  const auto queries = new_rows(test::whole(90), 0, 5);
  const Named truth = named(Communicator::self(), alone, alone.nearest(queries, 9));
  const std::vector<float> own = alone.own_distances(10);
  const ReferenceRows reference(comm, test::part_of(x, RowPartition(rows, comm.size()), comm.rank()), options);
  for (const RowPartition& partition : test::partitions(90, comm.size())) {
    const Named found = named(comm, reference, reference.nearest(test::part_of(queries, partition, comm.rank()), 9));
    const auto begin = static_cast<std::size_t>(partition.begin(comm.rank())) * 9;
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
      ASSERT_EQ(found.rows[i], truth.rows[begin + i]);
      ASSERT_EQ(found.distances[i], truth.distances[begin + i]);
    }
  }
  const std::vector<float> own_here = reference.own_distances(10);
  for (std::size_t i = 0; i < own_here.size(); ++i) {
    ASSERT_EQ(own_here[i], own[static_cast<std::size_t>(reference.partition().begin(comm.rank())) + i]);
  }
  // One by one.
  for (const LocalIndex q : {0, 13, 89}) {
    DistributedMatrix<float> one(test::whole(1), 0, 5);
    std::copy(queries.row(q).begin(), queries.row(q).end(), one.values.begin());
    const Named found = named(Communicator::self(), alone, alone.nearest(one, 9));
    for (std::size_t n = 0; n < 9; ++n) {
      EXPECT_EQ(found.rows[n], truth.rows[static_cast<std::size_t>(q) * 9 + n]);
    }
  }
}

TEST(ReferenceRows, RowsBeyondFloatAreTooFar) {
  const auto comm = Communicator::self();
  NeighborOptions options;
  options.k = 3;
  const ReferenceRows reference(comm, test::clusters<float>(test::whole(50), 0, 2), options);
  EXPECT_FALSE(reference.too_far(std::vector<float>{1e9F, -1e9F}));
  EXPECT_TRUE(reference.too_far(std::vector<float>{1e30F, 0.0F}));
}

}  // namespace
}  // namespace distsne
