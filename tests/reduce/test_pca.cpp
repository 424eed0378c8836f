/// Principal components against a plain eigendecomposition, and their bits over partitions.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "distsne/base/parallel.hpp"
#include "distsne/reduce/pca.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

TEST(Pca, MatchesTheEigenvectorsOfTheCovariance) {
  constexpr GlobalIndex rows = 400;
  const auto x = test::clusters<double>(test::whole(rows), 0, 12);
  const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> data(x.values.data(),
                                                                                                      rows, 12);
  const Eigen::MatrixXd centered = data.rowwise() - data.colwise().mean();
  const Eigen::MatrixXd covariance = centered.transpose() * centered / static_cast<double>(rows - 1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);

  const auto found = principal_components(Communicator::self(), x, 3);
  EXPECT_NEAR(found.total_variance, covariance.trace(), 1e-4 * covariance.trace());
  const auto scores = principal_scores(x, found);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(found.variance[static_cast<std::size_t>(c)], solver.eigenvalues()[11 - c], 1e-4 * covariance.trace());
    const Eigen::Map<const Eigen::VectorXd> axis(found.axes.data() + static_cast<std::ptrdiff_t>(c) * 12, 12);
    EXPECT_NEAR(std::abs(axis.dot(solver.eigenvectors().col(11 - c))), 1.0, 1e-6);
    EXPECT_GT(
        axis[static_cast<Eigen::Index>(
            std::max_element(axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) -
            axis.begin())],
        0.0);
    for (Eigen::Index i = 0; i < rows; ++i) {
      EXPECT_NEAR(scores[static_cast<std::size_t>(i * 3 + c)], centered.row(i).dot(axis), 1e-9);
    }
  }
}

TEST(Pca, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 333;
  const auto expected = principal_components(Communicator::self(), test::clusters<float>(test::whole(rows), 0, 150), 4);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    for (const int threads : {1, 2}) {
      set_threads(threads);
      const auto found = principal_components(comm, test::clusters<float>(partition, comm.rank(), 150), 4);
      EXPECT_EQ(found.mean, expected.mean);
      EXPECT_EQ(found.axes, expected.axes);
      EXPECT_EQ(found.variance, expected.variance);
    }
  }
  set_threads(1);
}

TEST(Pca, ConstantAndNarrowData) {
  const auto comm = Communicator::world();
  DistributedMatrix<float> constant(RowPartition(10, comm.size()), comm.rank(), 2);
  std::fill(constant.values.begin(), constant.values.end(), 3.0F);
  const auto found = principal_components(comm, constant, 3);
  EXPECT_EQ(found.count, 2);
  EXPECT_EQ(found.total_variance, 0.0);
  for (const double score : principal_scores(constant, found)) {
    EXPECT_EQ(score, 0.0);
  }
}

}  // namespace
}  // namespace distsne
