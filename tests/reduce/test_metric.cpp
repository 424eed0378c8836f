/// Prepared rows against cosine and correlation distances by their definitions, and rows that have none.
#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel.hpp"
#include "distsne/reduce/metric.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

template <class Real>
double squared_distance(std::span<const Real> a, std::span<const Real> b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum += std::pow(static_cast<double>(a[k]) - static_cast<double>(b[k]), 2);
  }
  return sum;
}

/// 1 - cos of the angle between two rows, after subtracting their means for the correlation.
template <class Real>
double distance(std::span<const Real> a, std::span<const Real> b, Metric metric) {
  double mean_a = 0.0;
  double mean_b = 0.0;
  if (metric == Metric::correlation) {
    for (std::size_t k = 0; k < a.size(); ++k) {
      mean_a += static_cast<double>(a[k]) / static_cast<double>(a.size());
      mean_b += static_cast<double>(b[k]) / static_cast<double>(a.size());
    }
  }
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double u = static_cast<double>(a[k]) - mean_a;
    const double v = static_cast<double>(b[k]) - mean_b;
    ab += u * v;
    aa += u * u;
    bb += v * v;
  }
  return 1.0 - ab / std::sqrt(aa) / std::sqrt(bb);
}

template <class Real>
class MetricOf : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(MetricOf, Reals);

TYPED_TEST(MetricOf, DistancesAreTwiceTheMetric) {
  constexpr LocalIndex rows = 90;
  const double tolerance = sizeof(TypeParam) == 4 ? 1e-6 : 1e-13;
  for (const LocalIndex columns : {2, 37}) {
    for (const Metric metric : {Metric::cosine, Metric::correlation}) {
      const auto x = test::clusters<TypeParam>(test::whole(rows), 0, columns);
      auto prepared = x;
      prepare_metric(Communicator::self(), prepared, metric);
      for (LocalIndex i = 0; i < rows; ++i) {
        const auto a = static_cast<const DistributedMatrix<TypeParam>&>(prepared).row(i);
        const auto b = static_cast<const DistributedMatrix<TypeParam>&>(prepared).row((i * 7 + 1) % rows);
        EXPECT_NEAR(squared_distance(a, b), 2.0 * distance(x.row(i), x.row((i * 7 + 1) % rows), metric),
                    10.0 * tolerance);
      }
    }
  }
}

TYPED_TEST(MetricOf, ScalesAndLevelsOfRowsDoNotMatter) {
  const auto x = test::clusters<TypeParam>(test::whole(40), 0, 10);
  for (const Metric metric : {Metric::cosine, Metric::correlation}) {
    auto expected = x;
    prepare_metric(Communicator::self(), expected, metric);
    for (const int exponent : {-110, 110}) {
      auto scaled = x;
      for (TypeParam& value : scaled.values) {
        value = std::ldexp(value, exponent);
      }
      prepare_metric(Communicator::self(), scaled, metric);
      EXPECT_EQ(scaled.values, expected.values);
    }
  }
  auto raised = x;
  auto expected = x;
  for (TypeParam& value : raised.values) {
    value += TypeParam{8};
  }
  prepare_metric(Communicator::self(), raised, Metric::correlation);
  prepare_metric(Communicator::self(), expected, Metric::correlation);
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    EXPECT_NEAR(raised.values[i], expected.values[i], 1e-4);
  }
}

TEST(Metric, EveryMagnitudeOfDoublesWorks) {
  for (const double unit : {1e-310, 1e-200, 1e200, 1e308}) {
    DistributedMatrix<double> x(test::whole(1), 0, 2);
    x.values = {0.6 * unit, -0.8 * unit};
    prepare_metric(Communicator::self(), x, Metric::cosine);
    EXPECT_NEAR(x.values[0], 0.6, 1e-12);
    EXPECT_NEAR(x.values[1], -0.8, 1e-12);
  }
}

TEST(Metric, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 333;
  for (const Metric metric : {Metric::euclidean, Metric::cosine, Metric::correlation}) {
    auto expected = test::clusters<float>(test::whole(rows), 0, 19);
    prepare_metric(Communicator::self(), expected, metric);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        auto x = test::clusters<float>(partition, comm.rank(), 19);
        prepare_metric(comm, x, metric);
        EXPECT_TRUE(std::equal(x.values.begin(), x.values.end(), expected.values.begin() + x.first_row() * 19));
      }
    }
    set_threads(1);
  }
}

/// The message with which every rank refuses X, which must be unchanged; empty when it does not.
std::string refusal(const Communicator& comm, const DistributedMatrix<float>& x, Metric metric) {
  auto prepared = x;
  try {
    prepare_metric(comm, prepared, metric);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::bad_input);
    EXPECT_TRUE(error.everywhere());
    EXPECT_EQ(prepared.values, x.values);
    return error.what();
  }
  return "";
}

TEST(Metric, RowsWithoutDirectionAreRefusedByAll) {
  const auto comm = Communicator::world();
  for (const RowPartition& partition : test::partitions(100, comm.size())) {
    auto x = test::clusters<float>(partition, comm.rank(), 5);
    const auto set_row = [&](GlobalIndex row, float value) {
      if (row >= x.first_row() && row < x.first_row() + x.local_rows()) {
        const auto values = x.row(static_cast<LocalIndex>(row - x.first_row()));
        std::fill(values.begin(), values.end(), value);
      }
    };
    EXPECT_EQ(refusal(comm, x, Metric::cosine), "");
    set_row(71, 0.1F);
    EXPECT_EQ(refusal(comm, x, Metric::cosine), "");
    EXPECT_EQ(refusal(comm, x, Metric::correlation),
              "--metric correlation: row 71 (counted from 0) holds one value only and so has no direction (1 such row "
              "in all): remove such rows, or use --metric euclidean");
    set_row(13, 0.0F);
    set_row(99, 0.0F);
    EXPECT_EQ(refusal(comm, x, Metric::cosine),
              "--metric cosine: row 13 (counted from 0) is all zeros and so has no direction (2 such rows in all): "
              "remove such rows, or use --metric euclidean");
    EXPECT_EQ(refusal(comm, x, Metric::euclidean), "");
  }
}

TEST(Metric, ConstantUpToRoundingIsFoundConstant) {
  DistributedMatrix<double> x(test::whole(1), 0, 7);
  std::fill(x.values.begin(), x.values.end(), 0.1);  // the mean of seven of them is not 0.1
  EXPECT_THROW(prepare_metric(Communicator::self(), x, Metric::correlation), Error);
}

}  // namespace
}  // namespace distsne
