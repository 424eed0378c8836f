/// Principal components of sparse rows, with implicit centering.
#include "reduce/sparse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"
#include "reduce/axes.hpp"
#include "reduce/column_moments.hpp"
#include "reduce/eigenvectors.hpp"

namespace distsne {
namespace {

template <class Real>
double length_of(const SparseMatrix<Real>& x, LocalIndex row) {
  double square = 0.0;
  for (std::int64_t e = x.begin[static_cast<std::size_t>(row)]; e < x.begin[static_cast<std::size_t>(row) + 1]; ++e) {
    const auto value = static_cast<double>(x.values[static_cast<std::size_t>(e)]);
    square += value * value;
  }
  return std::sqrt(square);
}

/// out[j] = sum over the entries of the row of x * V[column][j] - shift[j], in the order of the columns.
template <class Real>
void multiply_row(const SparseMatrix<Real>& x, LocalIndex row, const Block& vectors, std::span<const double> shift,
                  double* out) {
  const std::size_t width = vectors.stride;
  std::fill_n(out, width, 0.0);
  for (std::int64_t e = x.begin[static_cast<std::size_t>(row)]; e < x.begin[static_cast<std::size_t>(row) + 1]; ++e) {
    const auto value = static_cast<double>(x.values[static_cast<std::size_t>(e)]);
    const double* const vector = vectors.row(x.column[static_cast<std::size_t>(e)]);
    for (std::size_t j = 0; j < width; ++j) {
      out[j] += value * vector[j];
    }
  }
  for (std::size_t j = 0; j < width; ++j) {
    out[j] -= shift[j];
  }
}

/// mean . v for each vector v.
std::vector<double> products_with(const std::vector<double>& mean, const Block& vectors) {
  std::vector<double> result(vectors.stride, 0.0);
  for (std::size_t c = 0; c < vectors.rows; ++c) {
    for (std::size_t j = 0; j < vectors.stride; ++j) {
      result[j] += mean[c] * vectors.row(c)[j];
    }
  }
  return result;
}

/// C V = (X - m)^T ((X - m) V) / (N - 1).
template <class Real>
class SparseProduct {
 public:
  SparseProduct(const Communicator& comm, const SparseMatrix<Real>& x, const ColumnMoments& moments)
      : comm_(comm), x_(x), moments_(moments), bits_(term_bits(x.rows())) {
    double longest = 0.0;
    for (LocalIndex row = 0; row < x.local_rows(); ++row) {
      longest = std::max(longest, length_of(x, row));
    }
    double square = 0.0;
    for (const double mean : moments.mean) {
      square += mean * mean;
    }
    longest_ = comm.max(longest) + std::sqrt(square);
  }

  void operator()(const Block& in, Block& out) const {
    const std::size_t width = in.stride;
    const std::size_t columns = in.rows;
    // A row's product with a vector is at most the product of their lengths. The last column is that of ones.
    std::vector<double> row_scale(width, 0.0);
    for (std::size_t j = 0; j < width; ++j) {
      double square = 0.0;
      for (std::size_t c = 0; c < columns; ++c) {
        square += in.row(c)[j] * in.row(c)[j];
      }
      row_scale[j] = power_of_two_below(longest_ * std::sqrt(square));
    }
    std::vector<double> column_scale(columns + 1);
    for (std::size_t c = 0; c <= columns; ++c) {
      column_scale[c] = std::ldexp(power_of_two_below(c < columns ? moments_.largest[c] : 1.0), bits_);
    }
    const std::vector<double> shift = products_with(moments_.mean, in);
    const std::int64_t parts = std::clamp<std::int64_t>(x_.local_rows() / 64, 1, threads());
    std::vector<std::vector<std::int64_t>> sums(static_cast<std::size_t>(parts));
    parallel_for(parts, [&](std::int64_t part) {
      std::vector<std::int64_t>& own = sums[static_cast<std::size_t>(part)];
      own.assign((columns + 1) * width, 0);
      std::vector<double> image(width);
      const auto end = static_cast<LocalIndex>(std::int64_t{x_.local_rows()} * (part + 1) / parts);
      for (auto row = static_cast<LocalIndex>(std::int64_t{x_.local_rows()} * part / parts); row < end; ++row) {
        if (row % 256 == 0 && asked_to_stop()) {
          return;
        }
        multiply_row(x_, row, in, shift, image.data());
        for (std::size_t j = 0; j < width; ++j) {
          image[j] *= row_scale[j];
        }
        for (std::int64_t e = x_.begin[static_cast<std::size_t>(row)]; e < x_.begin[static_cast<std::size_t>(row) + 1];
             ++e) {
          const std::size_t c = x_.column[static_cast<std::size_t>(e)];
          add_rounded(static_cast<double>(x_.values[static_cast<std::size_t>(e)]) * column_scale[c], image,
                      own.data() + c * width);
        }
        add_rounded(column_scale[columns], image, own.data() + columns * width);
      }
    });
    stop_if_asked(comm_);
    for (std::size_t part = 1; part < sums.size(); ++part) {
      std::transform(sums[0].begin(), sums[0].end(), sums[part].begin(), sums[0].begin(), std::plus<>());
    }
    comm_.sum(std::span(sums[0]));
    const auto divisor = static_cast<double>(std::max<GlobalIndex>(1, x_.rows() - 1));
    const auto value = [&](std::size_t c, std::size_t j) {
      const double scale = column_scale[c] * row_scale[j];
      return scale > 0.0 ? static_cast<double>(sums[0][c * width + j]) / scale : 0.0;
    };
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t j = 0; j < width; ++j) {
        out.row(c)[j] = (value(c, j) - moments_.mean[c] * value(columns, j)) / divisor;
      }
    }
  }

 private:
  /// The power of two by which a number up to `bound` comes to lie below 1; 0 for a bound of 0.
  static double power_of_two_below(double bound) {
    int exponent = 0;
    std::frexp(bound * (1.0 + 1e-9), &exponent);
    return bound > 0.0 ? std::ldexp(1.0, -exponent) : 0.0;
  }

  static void add_rounded(double factor, const std::vector<double>& image, std::int64_t* sums) {
    constexpr auto shift_bits = std::bit_cast<std::int64_t>(rounding_shift);
    for (std::size_t j = 0; j < image.size(); ++j) {
      sums[j] += std::bit_cast<std::int64_t>(factor * image[j] + rounding_shift) - shift_bits;
    }
  }

  const Communicator& comm_;
  const SparseMatrix<Real>& x_;
  const ColumnMoments& moments_;
  int bits_;
  double longest_ = 0.0;  // at least |x - mean| of every row
};

}  // namespace

template <class Real>
void prepare_metric(const Communicator& comm, SparseMatrix<Real>& x, Metric metric) {
  if (metric == Metric::euclidean) {
    return;
  }
  require_everywhere(comm, metric != Metric::correlation,
                     "--metric correlation leaves no zeros in sparse rows: use --metric cosine, or --pca off, which "
                     "makes the rows dense");
  constexpr GlobalIndex none = std::numeric_limits<GlobalIndex>::max();
  GlobalIndex empty = none;
  for (LocalIndex row = 0; row < x.local_rows(); ++row) {
    const double length = length_of(x, row);
    if (length > 0.0) {
      for (std::int64_t e = x.begin[static_cast<std::size_t>(row)]; e < x.begin[static_cast<std::size_t>(row) + 1];
           ++e) {
        Real& value = x.values[static_cast<std::size_t>(e)];
        value = static_cast<Real>(static_cast<double>(value) / length);
      }
    } else {
      empty = std::min(empty, x.first_row() + row);
    }
  }
  empty = comm.min(empty);
  require_everywhere(
      comm, empty == none,
      fmt::format("--metric cosine: row {} (counted from 0) is all zeros and so has no direction: remove "
                  "such rows, or use --metric euclidean",
                  empty));
}

template <class Real>
PrincipalComponents principal_components(const Communicator& comm, const SparseMatrix<Real>& x, LocalIndex count) {
  PrincipalComponents result;
  result.columns = x.columns;
  result.count = std::min(count, x.columns);
  const ColumnMoments moments = column_moments(comm, x);
  result.mean = moments.mean;
  const SparseProduct<Real> product(comm, x, moments);
  const bool few = x.columns <= most_covariance_columns;
  EigenvectorOptions options;
  options.extra = static_cast<std::size_t>(std::min<LocalIndex>(10, x.columns - result.count));
  options.tolerance = few ? 1e-9 : 1e-5;
  options.most_products = few ? 200 : 16;
  const Eigenvectors found = leading_eigenvectors(
      comm, [&](const Block& in, Block& out) { product(in, out); }, static_cast<std::size_t>(x.columns),
      static_cast<std::size_t>(result.count), options);
  const double squares = std::accumulate(moments.squares.begin(), moments.squares.end(), 0.0);
  take_axes(result, found, squares / static_cast<double>(std::max<GlobalIndex>(1, x.rows() - 1)), 0);
  return result;
}

template <class Real>
DistributedMatrix<Real> principal_scores(const Communicator& comm, const SparseMatrix<Real>& x,
                                         const PrincipalComponents& components) {
  const auto columns = static_cast<std::size_t>(components.columns);
  Block axes(columns, static_cast<std::size_t>(components.count));
  for (std::size_t j = 0; j < axes.columns; ++j) {
    for (std::size_t c = 0; c < columns; ++c) {
      axes.row(c)[j] = components.axes[j * columns + c];
    }
  }
  const std::vector<double> shift = products_with(components.mean, axes);
  DistributedMatrix<Real> scores(x.partition, x.rank, components.count);
  parallel_for((x.local_rows() + 255) / 256, [&](std::int64_t group) {
    std::vector<double> image(axes.stride);
    const auto end = static_cast<LocalIndex>(std::min<std::int64_t>(x.local_rows(), 256 * (group + 1)));
    for (auto row = static_cast<LocalIndex>(256 * group); row < end && !asked_to_stop(); ++row) {
      multiply_row(x, row, axes, shift, image.data());
      std::transform(image.begin(), image.begin() + components.count, scores.row(row).begin(),
                     [](double value) { return static_cast<Real>(value); });
    }
  });
  stop_if_asked(comm);
  return scores;
}

template void prepare_metric(const Communicator&, SparseMatrix<float>&, Metric);
template void prepare_metric(const Communicator&, SparseMatrix<double>&, Metric);
template PrincipalComponents principal_components(const Communicator&, const SparseMatrix<float>&, LocalIndex);
template PrincipalComponents principal_components(const Communicator&, const SparseMatrix<double>&, LocalIndex);
template DistributedMatrix<float> principal_scores(const Communicator&, const SparseMatrix<float>&,
                                                   const PrincipalComponents&);
template DistributedMatrix<double> principal_scores(const Communicator&, const SparseMatrix<double>&,
                                                    const PrincipalComponents&);

}  // namespace distsne
