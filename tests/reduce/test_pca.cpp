/// Principal components by each of the three ways, against plain decompositions, and their bits over partitions.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "reduce/pca.hpp"
#include "support/alone.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

template <class Real>
Eigen::MatrixXd centered(const DistributedMatrix<Real>& x) {
  const Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> data(
      x.values.data(), x.local_rows(), x.columns);
  const Eigen::MatrixXd values = data.template cast<double>();
  return values.rowwise() - values.colwise().mean();
}

Eigen::MatrixXd axes_of(const PrincipalComponents& components) {
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      components.axes.data(), components.count, components.columns);
}

void expect_orthonormal_with_fixed_signs(const PrincipalComponents& components) {
  const Eigen::MatrixXd axes = axes_of(components);
  EXPECT_LT((axes * axes.transpose() - Eigen::MatrixXd::Identity(axes.rows(), axes.rows())).cwiseAbs().maxCoeff(),
            1e-12);
  for (Eigen::Index c = 0; c < axes.rows(); ++c) {
    EXPECT_EQ(axes.row(c).maxCoeff(), axes.row(c).cwiseAbs().maxCoeff());
  }
}

/// Rows are what `scores` along the axes say, and variances are those of the scores.
template <class Real>
void expect_scores_fit(const DistributedMatrix<Real>& x, const PrincipalComponents& found) {
  const Eigen::MatrixXd expected = centered(x) * axes_of(found).transpose();
  const DistributedMatrix<double> scores = principal_scores(Communicator::self(), x, found);
  ASSERT_EQ(scores.columns, found.count);
  ASSERT_EQ(scores.partition, x.partition);
  const double scale = std::sqrt(found.total_variance);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    for (LocalIndex c = 0; c < found.count; ++c) {
      ASSERT_NEAR(scores.row(i)[static_cast<std::size_t>(c)], expected(i, c), 1e-11 * scale);
    }
  }
  for (LocalIndex c = 0; c < found.count; ++c) {
    EXPECT_NEAR(found.variance[static_cast<std::size_t>(c)],
                expected.col(c).squaredNorm() / static_cast<double>(x.rows() - 1), 1e-6 * found.total_variance);
  }
}

class Shapes : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(Shapes, MatchTheDecompositionOfTheCovariance) {
  const auto [rows, columns, count] = GetParam();
  const auto x = test::clusters<float>(test::whole(rows), 0, columns);
  const Eigen::MatrixXd data = centered(x);
  const Eigen::MatrixXd covariance = data.transpose() * data / static_cast<double>(rows - 1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);

  const auto found = principal_components(Communicator::self(), x, count);
  ASSERT_EQ(found.count, std::min(count, columns));
  EXPECT_NEAR(found.total_variance, covariance.trace(), 1e-6 * covariance.trace());
  expect_orthonormal_with_fixed_signs(found);
  expect_scores_fit(x, found);
  for (LocalIndex c = 0; c < found.count; ++c) {
    EXPECT_NEAR(found.variance[static_cast<std::size_t>(c)], solver.eigenvalues()[columns - 1 - c],
                1e-6 * covariance.trace());
  }
  for (LocalIndex c = 0; c < std::min(found.count, 3); ++c) {  // five clusters: the first axes stand apart
    EXPECT_NEAR(std::abs(axes_of(found).row(c).dot(solver.eigenvectors().col(columns - 1 - c))), 1.0, 1e-9);
  }
  const std::vector<double> ratio = found.explained_ratio();
  ASSERT_EQ(ratio.size(), found.variance.size());
  EXPECT_DOUBLE_EQ(ratio[0], found.variance[0] / found.total_variance);
}

INSTANTIATE_TEST_SUITE_P(Pca, Shapes,
                         testing::Values(std::tuple{400, 12, 3}, std::tuple{1000, 150, 10}, std::tuple{300, 200, 2},
                                         std::tuple{900, 260, 30}, std::tuple{30, 170, 9}, std::tuple{700, 9, 20}));

class PcaAlone : public test::Alone {};

TEST(Pca, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 1111;
  for (const LocalIndex columns : {40, 150, 900}) {  // decomposition, iteration, iteration over several squares of work
    const auto whole = test::clusters<float>(test::whole(rows), 0, columns);
    const auto expected = principal_components(Communicator::self(), whole, 4);
    const auto expected_scores = principal_scores<float>(comm, whole, expected);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      for (const int threads : {1, 2}) {
        set_threads(threads);
        const auto x = test::clusters<float>(partition, comm.rank(), columns);
        const auto found = principal_components(comm, x, 4);
        EXPECT_EQ(found.mean, expected.mean);
        EXPECT_EQ(found.axes, expected.axes);
        EXPECT_EQ(found.variance, expected.variance);
        EXPECT_EQ(found.total_variance, expected.total_variance);
        const auto scores = principal_scores<float>(comm, x, found);
        for (LocalIndex i = 0; i < x.local_rows(); ++i) {
          const auto row = scores.row(i);
          const auto expected_row = expected_scores.row(static_cast<LocalIndex>(x.first_row()) + i);
          ASSERT_TRUE(std::equal(row.begin(), row.end(), expected_row.begin()));
        }
      }
    }
    set_threads(1);
  }
}

TEST(Pca, ConstantColumns) {
  const auto comm = Communicator::world();
  DistributedMatrix<float> constant(RowPartition(10, comm.size()), comm.rank(), 2);
  std::fill(constant.values.begin(), constant.values.end(), 3.0F);
  const auto found = principal_components(comm, constant, 3);
  EXPECT_EQ(found.count, 2);
  EXPECT_EQ(found.mean, (std::vector<double>{3.0, 3.0}));
  EXPECT_EQ(found.total_variance, 0.0);
  EXPECT_EQ(found.explained_ratio(), (std::vector<double>{0.0, 0.0}));
  for (const double score : principal_scores(comm, constant, found).values) {
    EXPECT_EQ(score, 0.0);
  }

  auto mixed = test::clusters<float>(test::whole(200), 0, 160);
  for (LocalIndex i = 0; i < 200; ++i) {
    for (const std::size_t k : {0U, 31U, 159U}) {
      mixed.row(i)[k] = -1e20F;
    }
  }
  const auto others = principal_components(Communicator::self(), mixed, 5);
  expect_orthonormal_with_fixed_signs(others);
  for (Eigen::Index c = 0; c < 5; ++c) {
    EXPECT_NEAR(axes_of(others)(c, 31), 0.0, 1e-14);
    EXPECT_GT(others.variance[static_cast<std::size_t>(c)], 0.1);
  }
}

TEST_F(PcaAlone, RankDeficientDataLosesNothing) {
  for (const LocalIndex columns : {30, 300, 5000}) {
    const auto x = test::clusters<double>(test::whole(6), 0, columns);
    const auto found = principal_components(Communicator::self(), x, 8);
    expect_orthonormal_with_fixed_signs(found);
    double explained = 0.0;
    for (const double share : found.explained_ratio()) {
      explained += share;
    }
    EXPECT_NEAR(explained, 1.0, 1e-6);
    const auto scores = principal_scores(Communicator::self(), x, found);
    for (LocalIndex i = 1; i < 6; ++i) {  // five axes hold six points: distances stay what they are
      double distance = 0.0;
      double reduced = 0.0;
      for (std::size_t k = 0; k < static_cast<std::size_t>(columns); ++k) {
        distance += std::pow(x.row(i)[k] - x.row(0)[k], 2);
      }
      for (std::size_t c = 0; c < 8; ++c) {
        reduced += std::pow(scores.row(i)[c] - scores.row(0)[c], 2);
      }
      EXPECT_NEAR(reduced, distance, 1e-5 * distance);
    }
  }
}

template <class Real>
DistributedMatrix<Real> scaled_clusters(LocalIndex columns, double factor) {
  auto x = test::clusters<Real>(test::whole(250), 0, columns);
  for (Real& value : x.values) {
    value = static_cast<Real>(static_cast<double>(value) * factor);
  }
  return x;
}

TEST_F(PcaAlone, UnitsDoNotMatter) {
  for (const LocalIndex columns : {20, 200, 4200}) {
    const auto plain = principal_components(Communicator::self(), scaled_clusters<float>(columns, 1.0), 3);
    for (const int exponent : {-100, 100}) {
      const auto found =
          principal_components(Communicator::self(), scaled_clusters<float>(columns, std::ldexp(1.0, exponent)), 3);
      EXPECT_EQ(found.axes, plain.axes);
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(found.variance[c], std::ldexp(plain.variance[c], 2 * exponent));
      }
    }
    for (const double factor : {1e-30, 1e30}) {
      const auto x = scaled_clusters<float>(columns, factor);
      const auto found = principal_components(Communicator::self(), x, 3);
      expect_scores_fit(x, found);
      EXPECT_NEAR(found.variance[0] / plain.variance[0] / factor / factor, 1.0, 1e-5);
    }
    // Past the range of a variance, axes and scores are still right.
    const auto huge = scaled_clusters<double>(columns, 1e200);
    const auto found = principal_components(Communicator::self(), huge, 3);
    EXPECT_LT((axes_of(found).row(0) - axes_of(plain).row(0)).norm(), 1e-5);
    EXPECT_NEAR(principal_scores(Communicator::self(), huge, found).row(7)[0] / 1e200,
                principal_scores(Communicator::self(), scaled_clusters<float>(columns, 1.0), plain).row(7)[0], 1e-4);
  }
}

TEST_F(PcaAlone, ColumnsOfVeryDifferentUnits) {
  auto x = test::clusters<float>(test::whole(300), 0, 140);
  for (LocalIndex i = 0; i < 300; ++i) {
    for (std::size_t k = 2; k < 140; ++k) {
      x.row(i)[k] *= 1e-30F;
    }
  }
  const auto found = principal_components(Communicator::self(), x, 4);
  expect_orthonormal_with_fixed_signs(found);
  EXPECT_NEAR(std::hypot(found.axes[0], found.axes[1]), 1.0, 1e-12);
  EXPECT_NEAR((found.variance[0] + found.variance[1]) / found.total_variance, 1.0, 1e-12);
}

TEST_F(PcaAlone, OneColumnAndOneRow) {
  DistributedMatrix<float> x(test::whole(3), 0, 1);
  x.values = {1.0F, 2.0F, 6.0F};
  const auto found = principal_components(Communicator::self(), x, 5);
  EXPECT_EQ(found.count, 1);
  EXPECT_EQ(found.axes, std::vector<double>{1.0});
  EXPECT_EQ(found.mean, std::vector<double>{3.0});
  EXPECT_NEAR(found.variance[0], 7.0, 1e-5);
  EXPECT_EQ(principal_scores<float>(Communicator::self(), x, found).values, (AlignedVector<float>{-2.0F, -1.0F, 3.0F}));

  const auto row = test::clusters<float>(test::whole(1), 0, 30);
  const auto of_row = principal_components(Communicator::self(), row, 2);
  EXPECT_EQ(of_row.total_variance, 0.0);
  expect_orthonormal_with_fixed_signs(of_row);
}

TEST_F(PcaAlone, MeansAreRightFarFromZero) {
  auto x = test::clusters<double>(test::whole(1000), 0, 20);
  for (double& value : x.values) {
    value += 1e6;
  }
  const auto found = principal_components(Communicator::self(), x, 2);
  for (std::size_t k = 0; k < 20; ++k) {
    ExactSum sum;
    for (LocalIndex i = 0; i < 1000; ++i) {
      sum.add(x.row(i)[k]);
    }
    EXPECT_NEAR(found.mean[k], sum.value() / 1000.0, 5e-10);
  }
}

}  // namespace
}  // namespace distsne
