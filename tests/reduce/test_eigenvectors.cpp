/// Leading eigenvectors of matrices with known spectra, easy and hard.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "reduce/covariance_eigenvectors.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

/// A symmetric matrix with the given eigenvalues and random eigenvectors.
Eigen::MatrixXd matrix_with(const std::vector<double>& values) {
  const auto size = static_cast<Eigen::Index>(values.size());
  Eigen::MatrixXd basis(size, size);
  const CounterRandom random(11);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      basis(i, j) = random.normal(i, static_cast<std::uint32_t>(j));
    }
  }
  basis = Eigen::HouseholderQR<Eigen::MatrixXd>(basis).householderQ() * Eigen::MatrixXd::Identity(size, size);
  return basis * Eigen::Map<const Eigen::VectorXd>(values.data(), size).asDiagonal() * basis.transpose();
}

Eigenvectors find(const Eigen::MatrixXd& matrix, std::size_t count, const EigenvectorOptions& options) {
  const auto size = static_cast<std::size_t>(matrix.rows());
  const auto product = [&](const Block& in, Block& out) {
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < in.columns; ++j) {
        double sum = 0.0;
        for (std::size_t k = 0; k < size; ++k) {
          sum += matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) * in.row(k)[j];
        }
        out.row(i)[j] = sum;
      }
    }
  };
  return leading_eigenvectors(Communicator::self(), product, size, count, options);
}

/// Vectors are orthonormal, and A v = value v to within `tolerance` of the largest value.
void expect_eigenvectors(const Eigen::MatrixXd& matrix, const Eigenvectors& found, double tolerance) {
  const auto count = static_cast<Eigen::Index>(found.values.size());
  Eigen::MatrixXd vectors(matrix.rows(), count);
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < count; ++j) {
      vectors(i, j) = found.vectors.row(static_cast<std::size_t>(i))[j];
    }
  }
  EXPECT_LT((vectors.transpose() * vectors - Eigen::MatrixXd::Identity(count, count)).cwiseAbs().maxCoeff(), 1e-13);
  const Eigen::MatrixXd rest =
      matrix * vectors - vectors * Eigen::Map<const Eigen::VectorXd>(found.values.data(), count).asDiagonal();
  EXPECT_LE(rest.colwise().norm().maxCoeff(), tolerance * found.values[0] + 1e-300);
}

struct Spectrum {
  const char* name;
  double (*value)(std::size_t);
};

class Spectra : public testing::TestWithParam<Spectrum> {};

TEST_P(Spectra, LeadingEigenvectorsAreFound) {
  constexpr std::size_t size = 150;
  constexpr std::size_t count = 12;
  std::vector<double> values;
  for (std::size_t i = 0; i < size; ++i) {
    values.push_back(GetParam().value(i));
  }
  const Eigen::MatrixXd matrix = matrix_with(values);
  EigenvectorOptions options;
  options.most_products = 2000;
  const Eigenvectors found = find(matrix, count, options);
  ASSERT_TRUE(found.converged) << found.residual;
  EXPECT_LE(found.residual, options.tolerance);
  expect_eigenvectors(matrix, found, 2.0 * options.tolerance);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_NEAR(found.values[i], values[i], 1e-12 * values[0]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Pca, Spectra,
    testing::Values(Spectrum{"slow", [](std::size_t i) { return 1.0 / (1.0 + 0.02 * static_cast<double>(i)); }},
                    Spectrum{"fast", [](std::size_t i) { return std::pow(0.5, static_cast<double>(i)); }},
                    Spectrum{"steep", [](std::size_t i) { return i < 3 ? 1e6 : 1.0 - 0.003 * static_cast<double>(i); }},
                    Spectrum{"two_steps", [](std::size_t i) { return i < 2 ? 1e9 : (i < 5 ? 1e4 : 1.0); }},
                    Spectrum{"rank_4", [](std::size_t i) { return i < 4 ? 4.0 - static_cast<double>(i) : 0.0; }},
                    Spectrum{"all_equal", [](std::size_t) { return 3.0; }},
                    Spectrum{"one_above", [](std::size_t i) { return i == 0 ? 5.0 : 1.0; }},
                    Spectrum{"pairs", [](std::size_t i) { return std::pow(0.8, static_cast<double>(i / 2)); }},
                    Spectrum{"wide_cluster", [](std::size_t i) { return i == 0 ? 5.0 : (i < 70 ? 1.0 : 0.9); }}),
    [](const auto& spectrum) { return std::string(spectrum.param.name); });

TEST(Eigenvectors, OfZeroAreAnyOrthonormalOnes) {
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(40, 40);
  const Eigenvectors found = find(matrix, 5, {});
  EXPECT_TRUE(found.converged);
  expect_eigenvectors(matrix, found, 0.0);
}

TEST(Eigenvectors, TellsWhenTheBudgetIsSpent) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) {
    values.push_back(1.0 - 0.001 * i);
  }
  EigenvectorOptions options;
  options.most_products = 5;
  const Eigenvectors found = find(matrix_with(values), 10, options);
  EXPECT_FALSE(found.converged);
  EXPECT_EQ(found.products, 5);
  EXPECT_GT(found.residual, options.tolerance);
}

/// Rows +-s_k e_k: a diagonal covariance with the values s_k^2.
DistributedMatrix<double> axis_data(const RowPartition& partition, Rank rank, const std::vector<double>& lengths) {
  const auto columns = static_cast<LocalIndex>(lengths.size());
  DistributedMatrix<double> x(partition, rank, columns);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    const auto k = static_cast<std::size_t>(row / 2);
    x.row(i)[k] = row % 2 == 0 ? lengths[k] : -lengths[k];
  }
  return x;
}

TEST(CovarianceEigenvectors, IterationAndDecompositionAgree) {
  const auto comm = Communicator::world();
  const auto x = test::clusters<double>(RowPartition(500, comm.size()), comm.rank(), 190);
  const CovarianceSums sums = covariance_sums(comm, x);
  const Eigenvectors one = eigenvectors_by_iteration(comm, sums, 20);
  const Eigenvectors other = eigenvectors_by_decomposition(comm, sums, 20);
  ASSERT_TRUE(one.converged);
  for (std::size_t j = 0; j < 20; ++j) {
    EXPECT_NEAR(one.values[j], other.values[j], 1e-11 * other.values[0]);
    double cosine = 0.0;
    for (std::size_t k = 0; k < 190; ++k) {
      cosine += one.vectors.row(k)[j] * other.vectors.row(k)[j];
    }
    EXPECT_NEAR(std::abs(cosine), 1.0, 1e-10);
  }
}

TEST(CovarianceEigenvectors, CrowdedValuesAreLeftToTheDecomposition) {
  const auto comm = Communicator::world();
  std::vector<double> lengths{8.0};
  for (int k = 1; k < 140; ++k) {
    lengths.push_back(k < 70 ? 2.0 : 1.99999);
  }
  const auto x = axis_data(RowPartition(280, comm.size()), comm.rank(), lengths);
  const CovarianceSums sums = covariance_sums(comm, x);
  EXPECT_FALSE(eigenvectors_by_iteration(comm, sums, 20).converged);
  const Eigenvectors found = covariance_eigenvectors(comm, sums, 20);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.values[1] / found.values[0], 1.0 / 16.0, 1e-12);
  EXPECT_NEAR(found.values[19] / found.values[0], 1.0 / 16.0, 1e-12);
}

}  // namespace
}  // namespace distsne
