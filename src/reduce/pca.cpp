/// Principal components: from the covariance matrix, or from products with X where that matrix would be too large.
#include "reduce/pca.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "reduce/axes.hpp"
#include "reduce/covariance_eigenvectors.hpp"
#include "reduce/covariance_product.hpp"

namespace distsne {
namespace {

template <class Real>
void from_covariance(const Communicator& comm, const DistributedMatrix<Real>& x, PrincipalComponents& result) {
  const CovarianceSums sums = covariance_sums(comm, x);
  double total_variance = 0.0;
  for (std::size_t k = 0; k < sums.columns; ++k) {
    result.mean.push_back(sums.units.mean(k, sums.fine[k], sums.rows));
    total_variance += sums.covariance(k, k);
  }
  const Eigenvectors found = covariance_eigenvectors(comm, sums, static_cast<std::size_t>(result.count));
  take_axes(result, found, total_variance, sums.units.largest);
}

template <class Real>
void from_products(const Communicator& comm, const DistributedMatrix<Real>& x, PrincipalComponents& result) {
  CovarianceProduct<Real> product(comm, x);
  result.mean = product.mean();
  const auto count = static_cast<std::size_t>(result.count);
  EigenvectorOptions options;
  options.extra = std::min<std::size_t>(10, static_cast<std::size_t>(result.columns) - count);
  options.tolerance = 1e-5;
  options.most_products = 16;
  const auto apply = [&](const Block& in, Block& out) { product(in, out); };
  const Eigenvectors found =
      leading_eigenvectors(comm, apply, static_cast<std::size_t>(result.columns), count, options);
  take_axes(result, found, product.total_variance(), product.units().largest);
}

}  // namespace

void take_axes(PrincipalComponents& result, const Eigenvectors& found, double total_variance, int exponent) {
  const auto columns = static_cast<std::size_t>(result.columns);
  for (std::size_t c = 0; c < static_cast<std::size_t>(result.count); ++c) {
    std::vector<double> axis(columns);
    for (std::size_t k = 0; k < columns; ++k) {
      axis[k] = found.vectors.row(k)[c];
    }
    const auto largest =
        std::max_element(axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (*largest < 0.0) {
      std::transform(axis.begin(), axis.end(), axis.begin(), std::negate<>());
    }
    result.axes.insert(result.axes.end(), axis.begin(), axis.end());
    result.variance.push_back(std::ldexp(std::max(0.0, found.values[c]), 2 * exponent));
  }
  result.total_variance = std::ldexp(total_variance, 2 * exponent);
}

std::vector<double> PrincipalComponents::explained_ratio() const {
  std::vector<double> ratio = variance;
  for (double& share : ratio) {
    share = total_variance > 0.0 ? share / total_variance : 0.0;
  }
  return ratio;
}

template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const DistributedMatrix<Real>& x, LocalIndex count) {
  PrincipalComponents result;
  result.columns = x.columns;
  result.count = std::min(count, x.columns);
  if (x.columns <= most_covariance_columns) {
    from_covariance(comm, x, result);
  } else {
    from_products(comm, x, result);
  }
  return result;
}

template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<float>&, LocalIndex);
template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<double>&, LocalIndex);

}  // namespace distsne
