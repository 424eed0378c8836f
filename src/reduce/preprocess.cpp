/// Normalizing, logarithms and scaling, in place.
#include "distsne/reduce/preprocess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "reduce/column_moments.hpp"

namespace distsne {
namespace {

template <class Real>
std::span<Real> values_of(DistributedMatrix<Real>& x, LocalIndex row) {
  return x.row(row);
}
template <class Real>
std::span<Real> values_of(SparseMatrix<Real>& x, LocalIndex row) {
  const std::int64_t begin = x.begin[static_cast<std::size_t>(row)];
  const std::int64_t end = x.begin[static_cast<std::size_t>(row) + 1];
  return std::span<Real>(x.values).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

/// What is wrong with a row; empty when it was done.
template <class Real>
std::string treat(std::span<Real> values, const PreprocessOptions& options) {
  double factor = 1.0;
  if (options.normalize) {
    double sum = 0.0;
    for (const Real value : values) {
      sum += static_cast<double>(value);
    }
    if (sum < 0.0) {
      return fmt::format("has the sum {}, and --normalize is for counts", sum);
    }
    factor = sum > 0.0 ? *options.normalize / sum : 1.0;
  }
  for (Real& value : values) {
    double treated = static_cast<double>(value) * factor;
    if (options.log1p) {
      if (!(treated > -1.0)) {
        return fmt::format("has the value {}, of which --log1p is not defined: it is for counts", treated);
      }
      treated = std::log1p(treated);
    }
    if (options.arcsinh) {
      treated = std::asinh(treated / *options.arcsinh);
    }
    value = static_cast<Real>(treated);
  }
  return {};
}

template <class Matrix>
void treat_rows(const Communicator& comm, Matrix& x, const PreprocessOptions& options) {
  constexpr LocalIndex rows_together = 64;
  LocalIndex first = x.local_rows();
  std::string message;
  std::mutex guard;
  parallel_for(divide_up(x.local_rows(), rows_together), [&](std::int64_t group) {
    const auto begin = static_cast<LocalIndex>(group * rows_together);
    for (LocalIndex row = begin; row < std::min(x.local_rows(), begin + rows_together); ++row) {
      const std::string wrong = treat(values_of(x, row), options);
      const std::lock_guard lock(guard);
      if (!wrong.empty() && row < first) {
        first = row;
        message = fmt::format("row {} (counted from 0) {}", x.first_row() + row, wrong);
      }
    }
  });
  require_everywhere(comm, message.empty(), message);
}

/// One over the standard deviation of each column; 1 where that is 0.
std::vector<double> factors_of(const ColumnMoments& moments, GlobalIndex rows) {
  std::vector<double> factors;
  for (const double squares : moments.squares) {
    const double deviation = std::sqrt(squares / static_cast<double>(std::max<GlobalIndex>(1, rows - 1)));
    factors.push_back(deviation > 0.0 ? 1.0 / deviation : 1.0);
  }
  return factors;
}

}  // namespace

template <class Real>
void preprocess(const Communicator& comm, DistributedMatrix<Real>& x, const PreprocessOptions& options,
                std::span<const double> factors) {
  if (options.of_single_values()) {
    treat_rows(comm, x, options);
  }
  if (factors.empty()) {
    return;
  }
  parallel_for(x.local_rows(), [&](std::int64_t row) {
    const std::span<Real> values = x.row(static_cast<LocalIndex>(row));
    for (std::size_t c = 0; c < values.size(); ++c) {
      values[c] = static_cast<Real>(static_cast<double>(values[c]) * factors[c]);
    }
  });
}

template <class Real>
std::vector<double> preprocess(const Communicator& comm, DistributedMatrix<Real>& x, const PreprocessOptions& options) {
  preprocess(comm, x, options, {});
  std::vector<double> factors;
  if (options.scale) {
    factors = factors_of(column_moments(comm, x), x.rows());
    preprocess(comm, x, {}, factors);
  }
  return factors;
}

template <class Real>
std::vector<double> preprocess(const Communicator& comm, SparseMatrix<Real>& x, const PreprocessOptions& options) {
  if (options.of_single_values()) {
    treat_rows(comm, x, options);
  }
  std::vector<double> factors;
  if (options.scale) {
    factors = factors_of(column_moments(comm, x), x.rows());
    parallel_for(x.local_rows(), [&](std::int64_t row) {
      const auto end = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(row) + 1]);
      for (auto e = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(row)]); e < end; ++e) {
        x.values[e] = static_cast<Real>(static_cast<double>(x.values[e]) * factors[x.column[e]]);
      }
    });
  }
  return factors;
}

template void preprocess(const Communicator&, DistributedMatrix<float>&, const PreprocessOptions&,
                         std::span<const double>);
template void preprocess(const Communicator&, DistributedMatrix<double>&, const PreprocessOptions&,
                         std::span<const double>);
template std::vector<double> preprocess(const Communicator&, DistributedMatrix<float>&, const PreprocessOptions&);
template std::vector<double> preprocess(const Communicator&, DistributedMatrix<double>&, const PreprocessOptions&);
template std::vector<double> preprocess(const Communicator&, SparseMatrix<float>&, const PreprocessOptions&);
template std::vector<double> preprocess(const Communicator&, SparseMatrix<double>&, const PreprocessOptions&);

}  // namespace distsne
