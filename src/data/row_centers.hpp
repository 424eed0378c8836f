/// A row amid the others, for rows that lie far from the origin compared with how far apart they are.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "mpi/agreement.hpp"

namespace distsne {

inline constexpr GlobalIndex most_sampled_rows = 31;
inline constexpr GlobalIndex most_sampled_values = GlobalIndex{1} << 22U;
inline constexpr double far_out = 16.0;  // how many times as far as values are apart

/// Collective. The same rows, evenly spaced over all of them, on every rank: samples x columns. `get(index, row)` fills
/// one of the rows of this rank.
template <class Value, class Get>
std::vector<Value> sample_rows(const Communicator& comm, const RowPartition& partition, GlobalIndex wide,
                               const Get& get) {
  const GlobalIndex few = std::max<GlobalIndex>(5, most_sampled_values / wide);  // of very long rows
  const GlobalIndex count = std::min({most_sampled_rows, partition.rows(), few});
  const auto columns = static_cast<std::size_t>(wide);
  std::vector<std::uint64_t> bits(static_cast<std::size_t>(count) * columns, 0);
  attempt_everywhere(comm, [&] {
    std::vector<Value> row(columns);
    for (GlobalIndex k = 0; k < count; ++k) {
      const GlobalIndex index = (2 * k + 1) * partition.rows() / (2 * count);
      if (index >= partition.begin(comm.rank()) && index < partition.end(comm.rank())) {
        get(index, std::span<Value>(row));
        std::transform(row.begin(), row.end(), bits.begin() + static_cast<std::ptrdiff_t>(k * wide),
                       [](Value value) { return std::bit_cast<std::uint64_t>(value); });
      }
    }
  });
  comm.bit_or(std::span<std::uint64_t>(bits));
  std::vector<Value> values(bits.size());
  std::transform(bits.begin(), bits.end(), values.begin(),
                 [](std::uint64_t value) { return std::bit_cast<Value>(value); });
  return values;
}

/// a - b, in integers without overflow.
inline double exact_difference(double a, double b) { return a - b; }
inline double exact_difference(std::int64_t a, std::int64_t b) {
  __extension__ using Wide = __int128;
  return static_cast<double>(static_cast<Wide>(a) - static_cast<Wide>(b));
}

/// A number that double holds too.
inline double held_by_double(double value) { return value; }
inline std::int64_t held_by_double(std::int64_t value) {
  constexpr std::int64_t beyond = std::int64_t{1} << 62U;
  constexpr std::int64_t lost = 0x3FF;  // the bits of those beyond that double has no room for
  return value > -beyond && value < beyond ? static_cast<std::int64_t>(static_cast<double>(value)) : value & ~lost;
}

/// The median of each column over the sample, where columns lie so far out that rounding would tell on the differences
/// between rows; nothing where none does.
template <class Value>
std::vector<Value> centers(std::vector<Value> values, std::size_t columns) {
  const std::size_t count = values.size() / columns;
  std::vector<Value> center(columns);
  double widest = 0.0;  // of the columns: how far three quarters of the sample are apart
  double range = 0.0;   // and all of it
  double farthest = 0.0;
  std::vector<Value> column(count);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t k = 0; k < count; ++k) {
      column[k] = values[k * columns + c];
      if constexpr (std::is_same_v<Value, double>) {
        if (!std::isfinite(column[k])) {
          return {};  // it will be found where it is
        }
      }
    }
    std::sort(column.begin(), column.end());
    center[c] = held_by_double(column[count / 2]);
    widest = std::max(widest, exact_difference(column[count - 1 - count / 8], column[count / 8]));
    range = std::max(range, exact_difference(column.back(), column.front()));
    farthest = std::max(farthest, std::abs(static_cast<double>(center[c])));
  }
  const double apart = widest > 0.0 ? widest : range;
  return farthest > far_out * apart ? center : std::vector<Value>{};
}

/// Fills the rows of a matrix, each value less the center of its column.
template <class Real, class Value>
void fill_less(DistributedMatrix<Real>& matrix, LocalIndex first, std::span<const Value> values,
               const std::vector<Value>& center) {
  const std::size_t columns = center.size();
  for (std::size_t i = 0; i < values.size() / columns; ++i) {
    const std::span<Real> row = matrix.row(first + static_cast<LocalIndex>(i));
    for (std::size_t c = 0; c < columns; ++c) {
      row[c] = static_cast<Real>(exact_difference(values[i * columns + c], center[c]));
    }
  }
}

template <class Value>
std::vector<double> in_double(const std::vector<Value>& center) {
  return std::vector<double>(center.begin(), center.end());
}

/// Collective. Rows in memory become less the median of each column over a few rows, where they lie far from the
/// origin; returns what was taken off, or nothing. The same as reading them so from a file of their type.
template <class Real>
std::vector<double> center_rows(const Communicator& comm, DistributedMatrix<Real>& matrix) {
  const auto columns = static_cast<std::size_t>(matrix.columns);
  const std::vector<double> center =
      centers(sample_rows<double>(comm, matrix.partition, matrix.columns,
                                  [&](GlobalIndex index, std::span<double> row) {
                                    const auto own = matrix.row(static_cast<LocalIndex>(index - matrix.first_row()));
                                    std::copy(own.begin(), own.end(), row.begin());
                                  }),
              columns);
  for (std::size_t i = 0; i < matrix.values.size() && !center.empty(); ++i) {
    matrix.values[i] = static_cast<Real>(static_cast<double>(matrix.values[i]) - center[i % columns]);
  }
  return center;
}

}  // namespace distsne
