/// Integers, random numbers, exact sums, threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "distsne/base/aligned.hpp"
#include "distsne/base/exact_sum.hpp"
#include "distsne/base/types.hpp"

namespace distsne {
namespace {

TEST(Types, NarrowKeepsOrThrows) {
  EXPECT_EQ(narrow<LocalIndex>(GlobalIndex{2147483647}), 2147483647);
  EXPECT_THROW(static_cast<void>(narrow<LocalIndex>(GlobalIndex{2147483648})), Error);
  EXPECT_THROW(static_cast<void>(narrow<std::uint8_t>(-1)), Error);
}

TEST(Types, CheckedProductThrowsPast63Bits) {
  EXPECT_EQ(checked_product(3000000000, 3), 9000000000U);
  EXPECT_EQ(checked_product(0, 5), 0U);
  EXPECT_THROW(static_cast<void>(checked_product(std::int64_t{1} << 32, std::int64_t{1} << 31)), Error);
  EXPECT_THROW(static_cast<void>(checked_product(-1, 1)), Error);
}

// Known answers of the authors' distribution of Philox4x32-10.
TEST(Random, PhiloxKnownAnswers) {
  using Block = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, MomentsOfDistributions) {
  const CounterRandom random(5);
  constexpr int count = 100000;
  double uniform = 0.0;
  double normal = 0.0;
  double square = 0.0;
  for (int i = 0; i < count; ++i) {
    const double u = random.uniform(i, 0);
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    uniform += u;
    const double z = random.normal(i, 1);
    ASSERT_TRUE(std::isfinite(z));
    normal += z;
    square += z * z;
  }
  EXPECT_NEAR(uniform / count, 0.5, 0.005);
  EXPECT_NEAR(normal / count, 0.0, 0.02);
  EXPECT_NEAR(square / count, 1.0, 0.02);
}

double exact(std::vector<double> terms) {
  ExactSum sum;
  for (const double term : terms) {
    sum.add(term);
  }
  return sum.value();
}

TEST(ExactSum, HoldsEveryMagnitudeAtOnce) {
  EXPECT_EQ(exact({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(exact({1.7e308, 1.7e308, -1.7e308}), 1.7e308);
  EXPECT_EQ(exact({5e-324, 5e-324}), 1e-323);
  EXPECT_EQ(exact({1.0, 5e-324, -1.0}), 5e-324);
  EXPECT_EQ(exact({-0.5, -0.25}), -0.75);
  EXPECT_EQ(exact({}), 0.0);
  EXPECT_TRUE(std::isnan(exact({1.0, std::numeric_limits<double>::infinity()})));
  EXPECT_TRUE(std::isnan(exact({std::numeric_limits<double>::quiet_NaN()})));
}

TEST(ExactSum, DoesNotDependOnOrderOrGrouping) {
  const CounterRandom random(9);
  std::vector<double> terms;
  for (int i = 0; i < 2000; ++i) {
    terms.push_back(random.normal(i, 0) * std::exp(40.0 * random.normal(i, 1)));
  }
  const double forward = exact(terms);
  std::reverse(terms.begin(), terms.end());
  EXPECT_EQ(exact(terms), forward);
  ExactSum total;
  for (std::size_t begin = 0; begin < terms.size(); begin += 300) {
    ExactSum part;
    for (std::size_t i = begin; i < std::min(begin + 300, terms.size()); ++i) {
      part.add(terms[i]);
    }
    total.add(part);
  }
  EXPECT_EQ(total.value(), forward);
  const long double reference = std::accumulate(terms.begin(), terms.end(), 0.0L);
  EXPECT_NEAR(forward, static_cast<double>(reference), 1e-12 * std::abs(forward));
}

double resident_pages() {
  double size = 0.0;
  double resident = 0.0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident;
}

TEST(Aligned, TheFrontOfALargeArrayIsGivenBack) {
  constexpr std::size_t count = std::size_t{1} << 23;  // 64 MiB
  UnsetVector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  const double before = resident_pages();
  release_front(values, 3 * count / 4);
  EXPECT_LT(resident_pages(), before - 40e6 / 4096);
  for (std::size_t i = 3 * count / 4; i < count; ++i) {
    ASSERT_EQ(values[i], static_cast<double>(i + 1));
  }
  release_front(values, 0);
  release_front(values, 10);
  EXPECT_EQ(values.back(), static_cast<double>(count));
}

TEST(Aligned, UnsetElementsTakeNoMemory) {
  const double before = resident_pages();
  UnsetVector<float> values;
  values.reserve(std::size_t{1} << 25);
  values.resize(std::size_t{1} << 24);  // 64 MiB
  EXPECT_LT(resident_pages(), before + 40e6 / 4096);
  values.resize(5);
  values.resize(7, 2.0F);
  EXPECT_EQ(values[6], 2.0F);
}

TEST(ParallelFor, RunsEveryBlockAndPassesExceptionsOn) {
  set_threads(2);
  std::vector<int> visits(1000, 0);
  parallel_for(1000, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; });
  EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 1000);
  EXPECT_THROW(parallel_for(10,
                            [](std::int64_t i) {
                              if (i == 7) {
                                throw Error("seven", ExitCode::failure);
                              }
                            }),
               Error);
  parallel_for(0, [](std::int64_t) { FAIL(); });
}

}  // namespace
}  // namespace distsne
