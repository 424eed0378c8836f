/// Principal components of more columns than a covariance matrix is formed for, against the Gram matrix of few rows.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "reduce/covariance.hpp"
#include "reduce/covariance_product.hpp"
#include "reduce/pca.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

/// Noise and 30 factors of falling strength.
DistributedMatrix<float> factors(const RowPartition& partition, Rank rank, LocalIndex columns) {
  constexpr std::uint32_t count = 30;
  DistributedMatrix<float> x(partition, rank, columns);
  const CounterRandom random(5);
  std::vector<float> loading(count * static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < loading.size(); ++i) {
    loading[i] = static_cast<float>(random.uniform(-1 - static_cast<GlobalIndex>(i), 0)) - 0.5F;
  }
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(columns); ++k) {
      x.row(i)[k] = 0.1F * (static_cast<float>(random.uniform(row, count + k)) - 0.5F);
    }
    for (std::uint32_t f = 0; f < count; ++f) {
      const auto strength = static_cast<float>(random.normal(row, f) * std::pow(0.8, f));
      for (std::size_t k = 0; k < static_cast<std::size_t>(columns); ++k) {
        x.row(i)[k] += strength * loading[f * static_cast<std::size_t>(columns) + k];
      }
    }
  }
  return x;
}

TEST(ManyColumns, TwentyThousandMatchTheGramMatrix) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 120;
  constexpr LocalIndex columns = 20000;
  constexpr LocalIndex count = 20;
  const auto found = principal_components(comm, factors(RowPartition(rows, comm.size()), comm.rank(), columns), count);
  if (!comm.is_root()) {
    return;
  }
  const auto x = factors(test::whole(rows), 0, columns);
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> values(x.values.data(),
                                                                                                       rows, columns);
  Eigen::MatrixXd data = values.cast<double>();
  data.rowwise() -= data.colwise().mean().eval();
  const Eigen::MatrixXd gram = data * data.transpose() / static_cast<double>(rows - 1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  EXPECT_NEAR(found.total_variance, gram.trace(), 1e-6 * gram.trace());
  const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> axes(found.axes.data(),
                                                                                                      count, columns);
  EXPECT_LT((axes * axes.transpose() - Eigen::MatrixXd::Identity(count, count)).cwiseAbs().maxCoeff(), 1e-12);
  for (Eigen::Index c = 0; c < count; ++c) {
    const double value = solver.eigenvalues()[rows - 1 - c];
    EXPECT_NEAR(found.variance[static_cast<std::size_t>(c)] / value, 1.0, 1e-4) << c;
    const Eigen::VectorXd exact = (data.transpose() * solver.eigenvectors().col(rows - 1 - c)).normalized();
    EXPECT_NEAR(std::abs(exact.dot(axes.row(c))), 1.0, 1e-4) << c;
  }
}

TEST(ManyColumns, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 300;
  constexpr LocalIndex columns = most_covariance_columns + 1;
  const auto expected = principal_components(Communicator::self(), factors(test::whole(rows), 0, columns), 3);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    for (const int threads : {1, 2}) {
      set_threads(threads);
      const auto found = principal_components(comm, factors(partition, comm.rank(), columns), 3);
      EXPECT_EQ(found.mean, expected.mean);
      EXPECT_EQ(found.axes, expected.axes);
      EXPECT_EQ(found.variance, expected.variance);
      EXPECT_EQ(found.total_variance, expected.total_variance);
    }
  }
  set_threads(1);
}

TEST(ManyColumns, ProductsAreThoseOfTheCovarianceMatrix) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 2500;  // several strips
  constexpr LocalIndex columns = 510;
  const auto x = test::clusters<float>(RowPartition(rows, comm.size()), comm.rank(), columns);
  const CovarianceSums sums = covariance_sums(comm, x);
  CovarianceProduct<float> product(comm, x);
  Block in(columns, 11);
  for (std::size_t k = 0; k < in.rows; ++k) {
    for (std::size_t j = 0; j < in.columns; ++j) {
      in.row(k)[j] = CounterRandom(9).normal(static_cast<GlobalIndex>(k), static_cast<std::uint32_t>(j));
    }
  }
  Block out(columns, 11);
  product(in, out);
  const Block matrix = covariance_rows(sums, 0, columns);
  Block expected(columns, 11);
  multiply(plain(matrix), panels_of(in), expected);
  const double unit = std::ldexp(1.0, 2 * (product.units().largest - sums.units.largest));
  double largest = 0.0;
  double off = 0.0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    largest = std::max(largest, std::abs(expected.values[i]));
    off = std::max(off, std::abs(out.values[i] * unit - expected.values[i]));
  }
  EXPECT_LT(off, 1e-6 * largest);
  for (std::size_t k = 0; k < in.rows; ++k) {
    EXPECT_NEAR(product.mean()[k], sums.units.mean(k, sums.fine[k], rows), 1e-12);
  }
}

}  // namespace
}  // namespace distsne
