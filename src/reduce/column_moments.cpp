/// Sums over rows in fixed point.
#include "reduce/column_moments.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/parallel.hpp"

namespace distsne {
namespace {

/// Rows of either kind: calls use(column, value) for what is there of a row; the rest is zero.
template <class Real, class Use>
void for_values(const DistributedMatrix<Real>& x, LocalIndex row, const Use& use) {
  const std::span<const Real> values = x.row(row);
  for (std::size_t c = 0; c < values.size(); ++c) {
    use(c, static_cast<double>(values[c]));
  }
}
template <class Real, class Use>
void for_values(const SparseMatrix<Real>& x, LocalIndex row, const Use& use) {
  const auto end = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(row) + 1]);
  for (auto e = static_cast<std::size_t>(x.begin[static_cast<std::size_t>(row)]); e < end; ++e) {
    use(x.column[e], static_cast<double>(x.values[e]));
  }
}

/// Calls work(rows of a thread, its sums), and adds up what the threads have.
template <class Matrix, class Sum, class Work, class Join>
std::vector<Sum> over_threads(const Matrix& x, std::size_t sums, const Work& work, const Join& join) {
  const std::int64_t parts = std::clamp<std::int64_t>(x.local_rows() / 64, 1, threads());
  std::vector<std::vector<Sum>> own(static_cast<std::size_t>(parts));
  parallel_for(parts, [&](std::int64_t part) {
    std::vector<Sum>& mine = own[static_cast<std::size_t>(part)];
    mine.assign(sums, Sum{});
    const auto end = static_cast<LocalIndex>(std::int64_t{x.local_rows()} * (part + 1) / parts);
    for (auto row = static_cast<LocalIndex>(std::int64_t{x.local_rows()} * part / parts); row < end; ++row) {
      work(row, mine);
    }
  });
  for (std::size_t part = 1; part < own.size(); ++part) {
    for (std::size_t i = 0; i < sums; ++i) {
      own[0][i] = join(own[0][i], own[part][i]);
    }
  }
  return std::move(own[0]);
}

/// 2^bits / bound, as a power of two; 0 for a bound of 0.
double fine_scale(double bound, int bits) {
  int exponent = 0;
  std::frexp(bound, &exponent);
  return bound > 0.0 ? std::ldexp(1.0, bits - exponent) : 0.0;
}

template <class Matrix>
ColumnMoments moments_of(const Communicator& comm, const Matrix& x) {
  const auto columns = static_cast<std::size_t>(x.columns);
  const int bits = term_bits(x.rows());
  const auto rows = static_cast<double>(x.rows());
  ColumnMoments result;
  result.largest = over_threads<Matrix, double>(
      x, columns,
      [&](LocalIndex row, std::vector<double>& most) {
        for_values(x, row, [&](std::size_t c, double value) { most[c] = std::max(most[c], std::abs(value)); });
      },
      [](double a, double b) { return std::max(a, b); });
  comm.max(std::span(result.largest));
  std::vector<double> scale(columns);
  std::transform(result.largest.begin(), result.largest.end(), scale.begin(),
                 [&](double bound) { return fine_scale(bound, bits); });
  const auto add = [](std::int64_t a, std::int64_t b) { return a + b; };
  // Sums, and how many values are there.
  std::vector<std::int64_t> sums = over_threads<Matrix, std::int64_t>(
      x, 2 * columns,
      [&](LocalIndex row, std::vector<std::int64_t>& mine) {
        for_values(x, row, [&](std::size_t c, double value) {
          mine[c] += std::llrint(value * scale[c]);
          ++mine[columns + c];
        });
      },
      add);
  comm.sum(std::span(sums));
  result.mean.resize(columns, 0.0);
  for (std::size_t c = 0; c < columns; ++c) {
    result.mean[c] = scale[c] > 0.0 ? static_cast<double>(sums[c]) / scale[c] / rows : 0.0;
    scale[c] = fine_scale(4.0 * result.largest[c] * result.largest[c], bits);
  }
  std::vector<std::int64_t> squares = over_threads<Matrix, std::int64_t>(
      x, columns,
      [&](LocalIndex row, std::vector<std::int64_t>& mine) {
        for_values(x, row, [&](std::size_t c, double value) {
          const double centered = value - result.mean[c];
          mine[c] += std::llrint(centered * centered * scale[c]);
        });
      },
      add);
  comm.sum(std::span(squares));
  result.squares.resize(columns, 0.0);
  for (std::size_t c = 0; c < columns; ++c) {
    const double zeros = rows - static_cast<double>(sums[columns + c]);
    result.squares[c] =
        (scale[c] > 0.0 ? static_cast<double>(squares[c]) / scale[c] : 0.0) + zeros * result.mean[c] * result.mean[c];
  }
  return result;
}

}  // namespace

int term_bits(GlobalIndex rows) {
  return std::min(50, 62 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rows))));
}

template <class Real>
ColumnMoments column_moments(const Communicator& comm, const DistributedMatrix<Real>& x) {
  return moments_of(comm, x);
}
template <class Real>
ColumnMoments column_moments(const Communicator& comm, const SparseMatrix<Real>& x) {
  return moments_of(comm, x);
}

template ColumnMoments column_moments(const Communicator&, const DistributedMatrix<float>&);
template ColumnMoments column_moments(const Communicator&, const DistributedMatrix<double>&);
template ColumnMoments column_moments(const Communicator&, const SparseMatrix<float>&);
template ColumnMoments column_moments(const Communicator&, const SparseMatrix<double>&);

}  // namespace distsne
