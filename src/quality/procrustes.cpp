/// Orthogonal Procrustes analysis.
#include "quality/procrustes.hpp"

#include <Eigen/SVD>
#include <cmath>

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

Similarity procrustes(std::span<const double> moving, std::span<const double> fixed, int dims, bool with_scale) {
  const auto m = static_cast<std::size_t>(dims);
  const std::size_t n = moving.size() / m;
  Similarity result;
  result.dims = dims;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t a = 0; a < m; ++a) {
      result.from[a] += moving[i * m + a] / static_cast<double>(n);
      result.to[a] += fixed[i * m + a] / static_cast<double>(n);
    }
  }
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(dims, dims);
  double spread = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t a = 0; a < m; ++a) {
      const double from = moving[i * m + a] - result.from[a];
      spread += from * from;
      for (std::size_t b = 0; b < m; ++b) {
        covariance(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) +=
            from * (fixed[i * m + b] - result.to[b]);
      }
    }
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
  double left = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::array<double, 3> there = result(moving.subspan(i * m, m));
    for (std::size_t a = 0; a < m; ++a) {
      left += (there[a] - fixed[i * m + a]) * (there[a] - fixed[i * m + a]);
    }
  }
  result.residual = std::sqrt(left / static_cast<double>(n));
  return result;
}

}  // namespace distsne
