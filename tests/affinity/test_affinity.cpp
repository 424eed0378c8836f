/// Conditional and joint affinities: their properties, scikit-learn's values, and their bits over partitions.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "affinity/dense.hpp"
#include "affinity/distances.hpp"
#include "affinity/joint.hpp"
#include "affinity/perplexity.hpp"
#include "base/parallel.hpp"
#include "io/input.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

AffinityOptions with_perplexity(double perplexity) {
  AffinityOptions options;
  options.perplexities = {perplexity};
  return options;
}

template <class Real>
class AffinityOf : public testing::Test {
 protected:
  /// Entropy of p_.|i in nats.
  static double entropy(std::span<const Real> row) {
    double sum = 0.0;
    for (const Real p : row) {
      sum -= p > Real{0} ? static_cast<double>(p) * std::log(static_cast<double>(p)) : 0.0;
    }
    return sum;
  }
  static double total(std::span<const Real> row) { return std::accumulate(row.begin(), row.end(), 0.0); }
};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(AffinityOf, Reals);

TYPED_TEST(AffinityOf, DistancesAreExactForEqualRowsAndTheSameFromBothSides) {
  auto x = test::clusters<TypeParam>(test::whole(131), 0, 37);
  std::copy(x.row(3).begin(), x.row(3).end(), x.row(77).begin());
  const DistanceBlock<TypeParam> block(x.values, 37);
  std::vector<std::vector<TypeParam>> rows(131, std::vector<TypeParam>(131));
  for (LocalIndex i = 0; i < 131; ++i) {
    const std::array<const TypeParam*, 1> query{x.row(i).data()};
    const std::array<TypeParam*, 1> out{rows[static_cast<std::size_t>(i)].data()};
    block.squared_distances(query, out);
  }
  for (LocalIndex i = 0; i < 131; ++i) {
    for (LocalIndex j = 0; j < 131; ++j) {
      double expected = 0.0;
      for (std::size_t k = 0; k < 37; ++k) {
        expected += std::pow(static_cast<double>(x.row(i)[k]) - static_cast<double>(x.row(j)[k]), 2);
      }
      const TypeParam found = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      ASSERT_NEAR(static_cast<double>(found), expected, 1e-5 * expected);
      ASSERT_EQ(found, rows[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)]);
    }
  }
  EXPECT_EQ(rows[3][77], TypeParam{0});
}

TYPED_TEST(AffinityOf, RowsHaveTheRequestedPerplexity) {
  for (const double perplexity : {1.5, 5.0, 30.0, 98.9}) {
    for (const double unit : {1e-10, 1.0, 1e10}) {
      std::vector<TypeParam> row(112, TypeParam{0});
      for (std::size_t j = 0; j < 100; ++j) {
        row[j] = static_cast<TypeParam>(unit * (1.0 + static_cast<double>(j * 37 % 101)));
      }
      const PerplexityRow found = perplexity_row<TypeParam>(row, 100, 42, perplexity);
      EXPECT_TRUE(found.met);
      EXPECT_NEAR(TestFixture::entropy(row), std::log(perplexity), 1e-5) << perplexity << " " << unit;
      EXPECT_NEAR(TestFixture::total(row), 1.0, 1e-5);
      EXPECT_EQ(row[42], TypeParam{0});
      EXPECT_EQ(row[100], TypeParam{0});
    }
  }
}

TYPED_TEST(AffinityOf, ManyDuplicatesAreUniform) {
  std::vector<TypeParam> row(64, TypeParam{5});
  std::fill(row.begin(), row.begin() + 20, TypeParam{0});  // the point itself and 19 copies of it
  const PerplexityRow found = perplexity_row<TypeParam>(row, 64, 0, 10.0);
  EXPECT_FALSE(found.met);
  EXPECT_FALSE(found.apart) << "copies of the point itself";
  std::fill(row.begin(), row.end(), TypeParam{5});
  const PerplexityRow apart = perplexity_row<TypeParam>(row, 64, 0, 10.0);
  EXPECT_FALSE(apart.met);
  EXPECT_TRUE(apart.apart) << "all equally far";
  std::fill(row.begin(), row.end(), TypeParam{5});
  std::fill(row.begin(), row.begin() + 20, TypeParam{0});
  (void)perplexity_row<TypeParam>(row, 64, 0, 10.0);
  for (std::size_t j = 1; j < 64; ++j) {
    EXPECT_NEAR(static_cast<double>(row[j]), j < 20 ? 1.0 / 19.0 : 0.0, 1e-7);
  }
}

TYPED_TEST(AffinityOf, FewDuplicatesKeepThePerplexity) {
  std::vector<TypeParam> row(64);
  std::iota(row.begin(), row.end(), TypeParam{0});
  std::fill(row.begin(), row.begin() + 5, TypeParam{0});
  EXPECT_TRUE(perplexity_row<TypeParam>(row, 64, 0, 10.0).met);
  EXPECT_NEAR(TestFixture::entropy(row), std::log(10.0), 1e-5);
}

TYPED_TEST(AffinityOf, IsolatedPointKeepsItsPerplexity) {
  std::vector<TypeParam> row(64);
  for (std::size_t j = 0; j < 64; ++j) {
    row[j] = static_cast<TypeParam>(1e6 + static_cast<double>(j * j));
  }
  EXPECT_TRUE(perplexity_row<TypeParam>(row, 64, 63, 12.0).met);
  EXPECT_NEAR(TestFixture::entropy(row), std::log(12.0), 1e-5);
  EXPECT_NEAR(TestFixture::total(row), 1.0, 1e-5);
}

TYPED_TEST(AffinityOf, ConstantDataIsUniform) {
  std::vector<TypeParam> row(32, TypeParam{0});
  perplexity_row<TypeParam>(row, 31, 4, 7.0);
  for (std::size_t j = 0; j < 32; ++j) {
    EXPECT_NEAR(static_cast<double>(row[j]), j == 4 || j == 31 ? 0.0 : 1.0 / 30.0, 1e-7);
  }
}

TYPED_TEST(AffinityOf, JointIsSymmetricNonNegativeAndSumsToOne) {
  const auto comm = Communicator::world();
  for (const GlobalIndex rows : {2, 5, 150, 1100}) {
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const auto x = test::clusters<TypeParam>(partition, comm.rank(), 6);
      const double perplexity = std::min(20.0, 0.5 * static_cast<double>(rows));
      auto joint = joint_affinities(comm, dense_affinities(comm, x, with_perplexity(perplexity)));
      const auto& own = std::get<DenseRows<TypeParam>>(joint.rows);
      // Everybody's rows on every rank, for the comparison.
      std::vector<TypeParam> all(static_cast<std::size_t>(rows) * own.stride);
      comm.all_gather(std::span<const TypeParam>(own.values), partition.sizes(static_cast<GlobalIndex>(own.stride)),
                      all.data());
      double sum = 0.0;
      double p_log_p = 0.0;
      const auto n = static_cast<std::size_t>(rows);
      for (std::size_t i = 0; i < n; ++i) {
        ASSERT_EQ(all[i * own.stride + i], TypeParam{0});
        for (std::size_t j = 0; j < n; ++j) {
          const TypeParam p = all[i * own.stride + j];
          ASSERT_GE(p, TypeParam{0});
          ASSERT_EQ(p, all[j * own.stride + i]);
          sum += static_cast<double>(p);
          p_log_p += p > TypeParam{0} ? static_cast<double>(p) * std::log(static_cast<double>(p)) : 0.0;
        }
      }
      EXPECT_NEAR(sum, 1.0, 1e-5);
      EXPECT_NEAR(joint.sum_p_log_p, p_log_p, 1e-5 * std::abs(p_log_p) + 1e-9);
    }
  }
}

TYPED_TEST(AffinityOf, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 203;
  set_threads(1);
  const auto x_whole = test::clusters<TypeParam>(test::whole(rows), 0, 21);
  auto conditional_whole = dense_affinities(Communicator::self(), x_whole, with_perplexity(15.0));
  const double entropy_whole = conditional_whole.sum_p_log_p;
  const auto whole = joint_affinities(Communicator::self(), std::move(conditional_whole));
  const auto& expected = std::get<DenseRows<TypeParam>>(whole.rows);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    for (const int threads : {1, 2}) {
      set_threads(threads);
      auto conditional =
          dense_affinities(comm, test::clusters<TypeParam>(partition, comm.rank(), 21), with_perplexity(15.0));
      EXPECT_EQ(conditional.sum_p_log_p, entropy_whole);
      const auto joint = joint_affinities(comm, std::move(conditional));
      EXPECT_EQ(joint.sum_p_log_p, whole.sum_p_log_p);
      const auto& own = std::get<DenseRows<TypeParam>>(joint.rows);
      const auto offset = static_cast<std::size_t>(own.first_row()) * expected.stride;
      for (std::size_t i = 0; i < own.values.size(); ++i) {
        ASSERT_EQ(own.values[i], expected.values[offset + i]);
      }
    }
  }
  set_threads(1);
}

TYPED_TEST(AffinityOf, MatchesScikitLearn) {
  const auto comm = Communicator::world();
  const auto input = describe_input(comm, {test::test_file("data/digits.h5"), "X"});
  const auto digits = read_matrix<TypeParam>(Communicator::self(), input);
  DistributedMatrix<TypeParam> x(RowPartition(200, comm.size()), comm.rank(), 64);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const auto row = digits.row(static_cast<LocalIndex>(x.first_row()) + i);
    std::copy(row.begin(), row.end(), x.row(i).begin());
  }
  auto conditional = dense_affinities(comm, x, with_perplexity(30.0));
  const auto reference = test::read_reference("reference/sklearn_digits.h5", "conditional");
  const auto& p = std::get<DenseRows<TypeParam>>(conditional.rows);
  // scikit-learn searches in float32 to 1e-5 of the entropy.
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    for (std::size_t j = 0; j < 200; ++j) {
      const double expected = reference.values[static_cast<std::size_t>(x.first_row() + i) * 200 + j];
      ASSERT_NEAR(static_cast<double>(p.row(i)[j]), expected, 2e-4 * expected + 1e-9);
    }
  }
  const auto joint = joint_affinities(comm, std::move(conditional));
  const auto joint_reference = test::read_reference("reference/sklearn_digits.h5", "joint");
  const auto& q = std::get<DenseRows<TypeParam>>(joint.rows);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    for (std::size_t j = 0; j < 200; ++j) {
      const double expected = joint_reference.values[static_cast<std::size_t>(x.first_row() + i) * 200 + j];
      ASSERT_NEAR(static_cast<double>(q.row(i)[j]), expected, 2e-4 * expected + 1e-11);
    }
  }
}

TEST(Affinity, UnitOfXDoesNotMatter) {
  const auto comm = Communicator::world();
  auto x = test::clusters<float>(RowPartition(60, comm.size()), comm.rank(), 5);
  const auto plain = dense_affinities(comm, x, with_perplexity(8.0));
  for (float& value : x.values) {
    value *= 0x1.0p100F;  // its square overflows a float
  }
  const auto scaled = dense_affinities(comm, x, with_perplexity(8.0));
  EXPECT_EQ(std::get<DenseRows<float>>(plain.rows).values, std::get<DenseRows<float>>(scaled.rows).values);
}

TEST(Affinity, OptionsThatDoNotFitNameWhatDoes) {
  const auto comm = Communicator::world();
  EXPECT_NO_THROW(require_affinities_fit(comm, with_perplexity(9.0), 10, 9));
  const auto message_of = [&](const AffinityOptions& options, GlobalIndex neighbors) {
    try {
      require_affinities_fit(comm, options, 10, neighbors);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::bad_input);
      EXPECT_TRUE(error.everywhere());
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_NE(message_of(with_perplexity(9.5), 9).find("the largest that fits is 9"), std::string::npos);
  EXPECT_NE(message_of(with_perplexity(6.5), 6).find("6 neighbors"), std::string::npos);
  EXPECT_NE(message_of(with_perplexity(0.99), 9).find("at least 1"), std::string::npos);
  EXPECT_NE(message_of(with_perplexity(std::nan("")), 9).find("at least 1"), std::string::npos);
  AffinityOptions several;
  several.perplexities = {3.0, 12.0};
  EXPECT_NE(message_of(several, 9).find("--perplexity 12"), std::string::npos);
  AffinityOptions sigma;
  sigma.kind = AffinityKind::sigma;
  sigma.sigma = -1.0;
  EXPECT_NE(message_of(sigma, 9).find("--sigma -1"), std::string::npos);
}

}  // namespace
}  // namespace distsne
