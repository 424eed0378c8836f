/// Figures of quality with known answers, and their bits over partitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "neighbors/compare.hpp"
#include "quality/classes.hpp"
#include "quality/distances.hpp"
#include "quality/estimate.hpp"
#include "quality/map_spread.hpp"
#include "quality/neighborhood.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

std::vector<LocalIndex> all_rows(const DistributedMatrix<float>& x) {
  std::vector<LocalIndex> rows(static_cast<std::size_t>(x.local_rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

ClassLabels labels_of(const RowPartition& partition, Rank rank, std::int32_t classes) {
  ClassLabels labels;
  labels.partition = partition;
  labels.name = "labels";
  for (std::int32_t c = 0; c < classes; ++c) {
    labels.classes.push_back(std::to_string(c));
  }
  for (GlobalIndex row = partition.begin(rank); row < partition.end(rank); ++row) {
    labels.of_row.push_back(row % 11 == 3 ? -1 : static_cast<std::int32_t>(row % classes));
  }
  return labels;
}

TEST(Estimate, MeanAndMarginOfASample) {
  const auto comm = Communicator::world();
  std::vector<double> own;
  for (int i = comm.rank(); i < 100; i += comm.size()) {
    own.push_back(i % 2 == 0 ? 1.0 : 0.0);
  }
  own.push_back(std::nan(""));
  const Estimate sample = mean_of_rows(comm, own, 1000);
  EXPECT_DOUBLE_EQ(sample.value, 0.5);
  EXPECT_EQ(sample.rows, 100);
  EXPECT_NEAR(sample.margin, 1.96 * std::sqrt(25.0 / 99.0 / 100.0 * 0.9), 1e-12);
  EXPECT_EQ(mean_of_rows(comm, own, 100).margin, 0.0);
  EXPECT_TRUE(std::isnan(mean_of_rows(comm, {}, 10).value));
}

TEST(Neighborhood, TheMapItselfIsPerfectAndOneIntruderCosts) {
  const auto comm = Communicator::world();
  const auto map = test::random_map<float>(RowPartition(120, comm.size()), comm.rank(), 2, 5.0);
  const auto queries = all_rows(map);
  const RowComparison near = compare_rows(comm, map, queries, 10, {}, 0);
  const RowComparison same = compare_rows(comm, map, queries, 10, near.nearest, 10);
  const NeighborhoodScores scores = neighborhood_scores(same, same, 10, map.rows());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    EXPECT_EQ(scores.preservation[q], 1.0);
    EXPECT_EQ(scores.trustworthiness[q], 1.0);
    EXPECT_EQ(scores.continuity[q], 1.0);
  }
  // By hand: of 9 rows, k = 2; one of the two nearest in the map is the 7th in the data.
  RowComparison data{2, 2, {1, 2}, {1.0F, 2.0F}, {1.0, 7.0}};
  RowComparison in_map{2, 2, {1, 8}, {1.0F, 2.0F}, {1.0, 3.0}};
  const NeighborhoodScores one = neighborhood_scores(data, in_map, 2, 9);
  EXPECT_DOUBLE_EQ(one.preservation[0], 0.5);
  EXPECT_DOUBLE_EQ(one.trustworthiness[0], 1.0 - 2.0 * 5.0 / (2.0 * 11.0));
  EXPECT_DOUBLE_EQ(one.continuity[0], 1.0 - 2.0 * 1.0 / (2.0 * 11.0));
  EXPECT_TRUE(std::isnan(neighborhood_scores(data, in_map, 2, 4).preservation[0]));
}

/// Mean silhouette of all rows by the definition.
double silhouette_by_hand(const Embedding<float>& map, const ClassLabels& labels, std::size_t i) {
  std::vector<double> sum(labels.classes.size(), 0.0);
  std::vector<double> count(labels.classes.size(), 0.0);
  for (std::size_t j = 0; j < labels.of_row.size(); ++j) {
    if (j == i || labels.of_row[j] < 0) {
      continue;
    }
    double squared = 0.0;
    for (std::size_t m = 0; m < static_cast<std::size_t>(map.columns); ++m) {
      squared += std::pow(static_cast<double>(map.row(static_cast<LocalIndex>(i))[m]) -
                              static_cast<double>(map.row(static_cast<LocalIndex>(j))[m]),
                          2);
    }
    sum[static_cast<std::size_t>(labels.of_row[j])] += std::sqrt(squared);
    count[static_cast<std::size_t>(labels.of_row[j])] += 1.0;
  }
  const auto own = static_cast<std::size_t>(labels.of_row[i]);
  double nearest = 1e300;
  for (std::size_t c = 0; c < sum.size(); ++c) {
    nearest = c == own ? nearest : std::min(nearest, sum[c] / count[c]);
  }
  const double within = sum[own] / count[own];
  return (nearest - within) / std::max(nearest, within);
}

TEST(Classes, SilhouettesAreThoseOfTheDefinitionOnAnyRanks) {
  const auto comm = Communicator::world();
  const auto whole = test::random_map<float>(test::whole(150), 0, 2, 5.0);
  const ClassLabels all = labels_of(test::whole(150), 0, 4);
  for (const RowPartition& partition : test::partitions(150, comm.size())) {
    const auto part = test::part_of(whole, partition, comm.rank());
    const ClassLabels labels = labels_of(partition, comm.rank(), 4);
    const std::vector<double> found = silhouettes(comm, part, labels, all_rows(part));
    const std::vector<double> alone = silhouettes(Communicator::self(), whole, all, all_rows(whole));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::size_t row = static_cast<std::size_t>(partition.begin(comm.rank())) + i;
      if (all.of_row[row] < 0) {
        EXPECT_TRUE(std::isnan(found[i]));
      } else {
        EXPECT_EQ(found[i], alone[row]);
        EXPECT_NEAR(found[i], silhouette_by_hand(whole, all, row), 1e-7);
      }
    }
    EXPECT_EQ(class_centers(comm, part, labels), class_centers(Communicator::self(), whole, all));
  }
}

TEST(Classes, NeighborsVote) {
  const auto comm = Communicator::world();
  const RowPartition partition(90, comm.size());
  Embedding<float> map(partition, comm.rank(), 1);
  ClassLabels labels = labels_of(partition, comm.rank(), 3);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    const GlobalIndex row = map.first_row() + i;
    map.values[static_cast<std::size_t>(i)] = static_cast<float>(row % 3 * 1000 + row);
    labels.of_row[static_cast<std::size_t>(i)] = row == 3 ? 1 : static_cast<std::int32_t>(row % 3);
  }
  const auto queries = all_rows(map);
  const RowComparison near = compare_rows(comm, map, queries, 5, {}, 0);
  const std::vector<double> hits = nearest_class_hits(comm, labels, queries, near, 5);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    EXPECT_EQ(hits[static_cast<std::size_t>(i)], map.first_row() + i == 3 ? 0.0 : 1.0);
  }
}

TEST(Distances, ATurnedMapKeepsAllAndASampleSaysHowSureItIs) {
  const auto comm = Communicator::world();
  const auto map = test::random_map<float>(test::whole(3000), 0, 2, 5.0);
  for (const RowPartition& partition : test::partitions(3000, comm.size())) {
    const auto part = test::part_of(map, partition, comm.rank());
    auto turned = part;
    for (LocalIndex i = 0; i < turned.local_rows(); ++i) {
      std::swap(turned.row(i)[0], turned.row(i)[1]);
    }
    const DistanceAgreement same = distance_agreement(comm, turned, part, 100, 1);
    EXPECT_NEAR(same.spearman.value, 1.0, 1e-12);
    EXPECT_NEAR(same.triplets.value, 1.0, 1e-3);
    EXPECT_NEAR(static_cast<double>(same.spearman.rows), 100.0, 40.0);
    const auto noise = test::random_map<float>(partition, comm.rank(), 7, 1.0, 99);
    const DistanceAgreement none = distance_agreement(comm, noise, part, 400, 1);
    const DistanceAgreement alone = distance_agreement(
        Communicator::self(), test::random_map<float>(test::whole(3000), 0, 7, 1.0, 99), map, 400, 1);
    EXPECT_EQ(none.spearman.value, alone.spearman.value);
    EXPECT_EQ(none.triplets.value, alone.triplets.value);
    EXPECT_LT(std::abs(none.spearman.value), 0.1);
    EXPECT_GT(none.spearman.margin, 0.0);
  }
}

TEST(MapSpread, LaidOnTheFirstACopyHasNoneAndAMovedRowHalfOfItsWay) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 200;
  for (const int dims : {1, 2, 3}) {
    const auto first = test::random_map<double>(test::whole(rows), 0, dims, 5.0);
    auto copy = first;  // mirrored, turned where there is room to, scaled and shifted
    auto moved = first;
    auto lacking = first;
    for (LocalIndex i = 0; i < copy.local_rows(); ++i) {
      const auto from = first.row(i);
      for (int m = 0; m < dims; ++m) {
        copy.row(i)[static_cast<std::size_t>(m)] = 3.0 - 0.25 * from[static_cast<std::size_t>((m + 1) % dims)];
      }
      if (i % 3 == 0) {
        std::fill(lacking.row(i).begin(), lacking.row(i).end(), std::nan(""));
      }
    }
    moved.row(7)[0] += 1.0;
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const auto of = [&](const Embedding<double>& map) { return test::part_of(map, partition, comm.rank()); };
      const auto a = of(first);
      const auto b = of(copy);
      const auto c = of(moved);
      const auto d = of(lacking);
      const MapSpread same = spread_of_maps<double>(comm, {&a, &b});
      EXPECT_NEAR(same.onto_first[1].scale, 4.0, 1e-9);
      EXPECT_NEAR(same.overall, 0.0, 1e-6);
      const MapSpread some = spread_of_maps<double>(comm, {&a, &d});
      const MapSpread found = spread_of_maps<double>(comm, {&a, &c});
      const MapSpread whole = spread_of_maps<double>(Communicator::self(), {&first, &moved});
      EXPECT_EQ(found.overall, whole.overall);
      for (std::size_t i = 0; i < found.of_row.size(); ++i) {
        const auto row = static_cast<std::size_t>(partition.begin(comm.rank())) + i;
        EXPECT_EQ(found.of_row[i], whole.of_row[row]);
        EXPECT_NEAR(found.of_row[i], row == 7 ? 0.5 : 0.0, 0.02);
        EXPECT_EQ(std::isnan(some.of_row[i]), row % 3 == 0);
      }
    }
  }
}

TEST(MapSpread, AWeightIsSoManyEqualRows) {
  const auto comm = Communicator::world();
  const auto self = Communicator::self();
  constexpr GlobalIndex rows = 60;
  const auto first = test::random_map<double>(test::whole(rows), 0, 2, 5.0);
  const auto second = test::random_map<double>(test::whole(rows), 0, 2, 4.0, 11);
  std::vector<double> weights;
  std::vector<double> places_first;
  std::vector<double> places_second;
  for (LocalIndex i = 0; i < first.local_rows(); ++i) {
    weights.push_back(1.0 + i % 4);
    for (int n = 0; n < 1 + i % 4; ++n) {
      places_first.insert(places_first.end(), first.row(i).begin(), first.row(i).end());
      places_second.insert(places_second.end(), second.row(i).begin(), second.row(i).end());
    }
  }
  const auto points = static_cast<GlobalIndex>(places_first.size() / 2);
  Embedding<double> all_first(test::whole(points), 0, 2);
  Embedding<double> all_second(test::whole(points), 0, 2);
  all_first.values.assign(places_first.begin(), places_first.end());
  all_second.values.assign(places_second.begin(), places_second.end());
  const MapSpread repeated = spread_of_maps<double>(self, {&all_first, &all_second});
  EXPECT_GT(std::abs(repeated.overall - spread_of_maps<double>(self, {&first, &second}).overall), 1e-3);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    const auto a = test::part_of(first, partition, comm.rank());
    const auto b = test::part_of(second, partition, comm.rank());
    const auto begin = static_cast<std::size_t>(partition.begin(comm.rank()));
    const std::span<const double> own = std::span<const double>(weights).subspan(begin, a.values.size() / 2);
    const MapSpread found = spread_of_maps<double>(comm, {&a, &b}, own);
    EXPECT_NEAR(found.overall, repeated.overall, 1e-9);
    EXPECT_NEAR(found.onto_first[1].residual, repeated.onto_first[1].residual, 1e-9);
    for (std::size_t i = 0; i < found.of_row.size(); ++i) {
      std::size_t point = 0;
      for (std::size_t row = 0; row < begin + i; ++row) {
        point += static_cast<std::size_t>(weights[row]);
      }
      EXPECT_NEAR(found.of_row[i], repeated.of_row[point], 1e-9);
    }
  }
}

}  // namespace
}  // namespace distsne
