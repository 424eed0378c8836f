/// Orthogonal Procrustes analysis.
#include "quality/procrustes.hpp"

#include <Eigen/SVD>
#include <cmath>
#include <vector>

namespace distsne {

std::array<double, 3> Similarity::operator()(std::span<const double> point) const {
  const auto m = static_cast<std::size_t>(dims);
  std::array<double, 3> result = to;
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b) {
      result[b] += scale * (point[a] - from[a]) * rotation[a * m + b];
    }
  }
  return result;
}

Similarity procrustes(const Communicator& comm, std::span<const double> moving, std::span<const double> fixed, int dims,
                      bool with_scale, std::span<const double> weights) {
  const auto m = static_cast<std::size_t>(dims);
  const std::size_t n = moving.size() / m;
  std::vector<double> terms(n);
  std::vector<ExactSum> sums;
  const auto add = [&](const auto& term) {
    for (std::size_t i = 0; i < n; ++i) {
      terms[i] = weights.empty() ? term(i) : weights[i] * term(i);
    }
    sums.push_back(exact_sum(terms));
  };
  const auto total = [&] {
    std::vector<double> totals = comm.sum(std::span<const ExactSum>(sums));
    sums.clear();
    return totals;
  };
  add([](std::size_t /*i*/) { return 1.0; });
  const double rows = total()[0];
  Similarity result;
  result.dims = dims;
  for (std::size_t a = 0; a < m; ++a) {
    add([&](std::size_t i) { return moving[i * m + a]; });
    add([&](std::size_t i) { return fixed[i * m + a]; });
  }
  std::vector<double> found = total();
  for (std::size_t a = 0; a < m; ++a) {
    result.from[a] = found[2 * a] / rows;
    result.to[a] = found[2 * a + 1] / rows;
  }
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b) {
      add([&](std::size_t i) { return (moving[i * m + a] - result.from[a]) * (fixed[i * m + b] - result.to[b]); });
    }
    add([&](std::size_t i) { return std::pow(moving[i * m + a] - result.from[a], 2); });
  }
  found = total();
  Eigen::MatrixXd covariance(dims, dims);
  double spread = 0.0;
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b) {
      covariance(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) = found[a * (m + 1) + b];
    }
    spread += found[a * (m + 1) + m];
  }
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::MatrixXd rotation = svd.matrixU() * svd.matrixV().transpose();
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b) {
      result.rotation[a * m + b] = rotation(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
    }
  }
  if (with_scale && spread > 0.0) {
    result.scale = svd.singularValues().sum() / spread;
  }
  add([&](std::size_t i) {
    const std::array<double, 3> there = result(moving.subspan(i * m, m));
    double square = 0.0;
    for (std::size_t a = 0; a < m; ++a) {
      square += std::pow(there[a] - fixed[i * m + a], 2);
    }
    return square;
  });
  result.residual = std::sqrt(total()[0] / rows);
  return result;
}

}  // namespace distsne
