/// Principal components from a covariance matrix summed in integers.
#include "distsne/reduce/pca.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "distsne/base/parallel.hpp"

namespace distsne {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Integers = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Real>
std::vector<double> column_means(const Communicator& comm, const DistributedMatrix<Real>& x) {
  std::vector<ExactSum> sums(static_cast<std::size_t>(x.columns));
  parallel_for(x.columns, [&](std::int64_t column) {
    const auto k = static_cast<std::size_t>(column);
    for (LocalIndex i = 0; i < x.local_rows(); ++i) {
      sums[k].add(static_cast<double>(x.row(i)[k]));
    }
  });
  std::vector<double> means = comm.sum(sums);
  for (double& mean : means) {
    mean /= static_cast<double>(x.rows());
  }
  return means;
}

/// Largest |x - mean| of each column.
template <class Real>
std::vector<double> column_ranges(const Communicator& comm, const DistributedMatrix<Real>& x,
                                  const std::vector<double>& means) {
  std::vector<double> ranges(means.size(), 0.0);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const auto row = x.row(i);
    for (std::size_t k = 0; k < means.size(); ++k) {
      ranges[k] = std::max(ranges[k], std::abs(static_cast<double>(row[k]) - means[k]));
    }
  }
  comm.max(ranges);
  return ranges;
}

/// How a centered column becomes integers: value = integer * unit.
struct Rounding {
  std::vector<double> unit;
  LocalIndex batch = 0;  // rows whose products a double can sum exactly
};

Rounding rounding_for(const std::vector<double>& ranges, GlobalIndex rows) {
  const int row_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rows)));
  const int bits = std::min(22, (62 - row_bits) / 2);  // N products of 2 x bits fit 62 bits
  Rounding rounding;
  for (const double range : ranges) {
    rounding.unit.push_back(range > 0.0 ? std::ldexp(range, -bits) : 1.0);
  }
  rounding.batch = LocalIndex{1} << std::min(20, 53 - 2 * bits);
  return rounding;
}

/// sum over all rows of the products of the rounded columns.
template <class Real>
Integers product_sums(const Communicator& comm, const DistributedMatrix<Real>& x, const std::vector<double>& means,
                      const Rounding& rounding) {
  const auto columns = static_cast<Eigen::Index>(x.columns);
  Integers total = Integers::Zero(columns, columns);
  // One panel of the matrix at a time for each thread, batch after batch of the rows.
  Matrix batch;
  constexpr Eigen::Index panel = 128;
  const Eigen::Index panels = (columns + panel - 1) / panel;
  for (LocalIndex begin = 0; begin < x.local_rows(); begin += rounding.batch) {
    const LocalIndex count = std::min(rounding.batch, x.local_rows() - begin);
    batch.resize(count, columns);
    parallel_for(count, [&](std::int64_t i) {
      const auto row = x.row(begin + static_cast<LocalIndex>(i));
      for (std::size_t k = 0; k < means.size(); ++k) {
        batch(i, static_cast<Eigen::Index>(k)) =
            std::nearbyint((static_cast<double>(row[k]) - means[k]) / rounding.unit[k]);
      }
    });
    parallel_for(panels, [&](std::int64_t index) {
      const Eigen::Index first = index * panel;
      const Eigen::Index width = std::min(panel, columns - first);
      const Matrix part = batch.middleCols(first, width).transpose() * batch.rightCols(columns - first);
      total.block(first, first, width, columns - first) += part.cast<std::int64_t>();
    });
  }
  comm.sum(std::span<std::int64_t>(total.data(), static_cast<std::size_t>(total.size())));
  return total;
}

}  // namespace

template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const DistributedMatrix<Real>& x, LocalIndex count) {
  PrincipalComponents result;
  result.columns = x.columns;
  result.count = std::min(count, x.columns);
  result.mean = column_means(comm, x);
  const Rounding rounding = rounding_for(column_ranges(comm, x, result.mean), x.rows());
  const Integers products = product_sums(comm, x, result.mean, rounding);

  const auto columns = static_cast<Eigen::Index>(x.columns);
  Matrix covariance(columns, columns);
  for (Eigen::Index a = 0; a < columns; ++a) {
    for (Eigen::Index b = a; b < columns; ++b) {
      covariance(a, b) = covariance(b, a) =
          static_cast<double>(products(a, b)) * rounding.unit[static_cast<std::size_t>(a)] *
          rounding.unit[static_cast<std::size_t>(b)] / static_cast<double>(std::max<GlobalIndex>(1, x.rows() - 1));
    }
  }
  result.total_variance = covariance.trace();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  for (LocalIndex c = 0; c < result.count; ++c) {
    const Eigen::Index place = columns - 1 - c;  // eigenvalues rise
    Eigen::VectorXd axis = solver.eigenvectors().col(place);
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    if (axis[largest] < 0.0) {
      axis = -axis;
    }
    result.axes.insert(result.axes.end(), axis.begin(), axis.end());
    result.variance.push_back(std::max(0.0, solver.eigenvalues()[place]));
  }
  return result;
}

template <class Real>
std::vector<double> principal_scores(const DistributedMatrix<Real>& x, const PrincipalComponents& components) {
  const auto count = static_cast<std::size_t>(components.count);
  const auto columns = static_cast<std::size_t>(components.columns);
  std::vector<double> scores(static_cast<std::size_t>(x.local_rows()) * count);
  parallel_for(x.local_rows(), [&](std::int64_t i) {
    const auto row = x.row(static_cast<LocalIndex>(i));
    for (std::size_t c = 0; c < count; ++c) {
      double score = 0.0;
      for (std::size_t k = 0; k < columns; ++k) {
        score += (static_cast<double>(row[k]) - components.mean[k]) * components.axes[c * columns + k];
      }
      scores[static_cast<std::size_t>(i) * count + c] = score;
    }
  });
  return scores;
}

template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<float>&, LocalIndex);
template PrincipalComponents principal_components(const Communicator&, const DistributedMatrix<double>&, LocalIndex);
template std::vector<double> principal_scores(const DistributedMatrix<float>&, const PrincipalComponents&);
template std::vector<double> principal_scores(const DistributedMatrix<double>&, const PrincipalComponents&);

}  // namespace distsne
