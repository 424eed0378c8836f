/// Rows of data far from the origin, moved beside it before they are rounded.
#include "io/centered_rows.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/interruption.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex sampled_rows = 31;
constexpr GlobalIndex most_sampled_values = GlobalIndex{1} << 22U;
constexpr double far_out = 16.0;                             // how many times as far as values are apart
constexpr std::size_t piece_values = std::size_t{1} << 20U;  // converted at a time

/// Collective. The same rows, evenly spaced over all of them, on every rank: samples x columns. `get(index, row)` fills
/// one of the rows of this rank.
template <class Value, class Get>
std::vector<Value> sample(const Communicator& comm, const RowPartition& partition, GlobalIndex wide, const Get& get) {
  const GlobalIndex few = std::max<GlobalIndex>(5, most_sampled_values / wide);  // of very long rows
  const GlobalIndex count = std::min({sampled_rows, partition.rows(), few});
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
double difference(double a, double b) { return a - b; }
double difference(std::int64_t a, std::int64_t b) {
  __extension__ using Wide = __int128;
  return static_cast<double>(static_cast<Wide>(a) - static_cast<Wide>(b));
}

/// A number that double holds too.
double held_by_double(double value) { return value; }
std::int64_t held_by_double(std::int64_t value) {
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
    widest = std::max(widest, difference(column[count - 1 - count / 8], column[count / 8]));
    range = std::max(range, difference(column.back(), column.front()));
    farthest = std::max(farthest, std::abs(static_cast<double>(center[c])));
  }
  const double apart = widest > 0.0 ? widest : range;
  return farthest > far_out * apart ? center : std::vector<Value>{};
}

/// Fills the rows of a matrix, each value less the center of its column.
template <class Real, class Value>
void fill(DistributedMatrix<Real>& matrix, LocalIndex first, std::span<const Value> values,
          const std::vector<Value>& center) {
  const std::size_t columns = center.size();
  for (std::size_t i = 0; i < values.size() / columns; ++i) {
    const std::span<Real> row = matrix.row(first + static_cast<LocalIndex>(i));
    for (std::size_t c = 0; c < columns; ++c) {
      row[c] = static_cast<Real>(difference(values[i * columns + c], center[c]));
    }
  }
}

template <class Value>
std::vector<double> in_double(const std::vector<Value>& center) {
  return std::vector<double>(center.begin(), center.end());
}

/// Collective. Whether the rows were read, less the centers of their columns; piece by piece.
template <class Real, class Value>
bool read_in_pieces(const Communicator& comm, const RowSource& source, DistributedMatrix<Real>& matrix,
                    std::vector<double>& taken_off) {
  const auto columns = static_cast<std::size_t>(matrix.columns);
  const std::vector<Value> center =
      centers(sample<Value>(comm, matrix.partition, matrix.columns,
                            [&](GlobalIndex index, std::span<Value> row) { source.read(index, row, asked_to_stop); }),
              columns);
  if (center.empty()) {
    return false;
  }
  attempt_everywhere(comm, [&] {
    const auto piece = static_cast<LocalIndex>(std::max<std::size_t>(1, piece_values / columns));
    std::vector<Value> values;
    for (LocalIndex first = 0; first < matrix.local_rows() && !asked_to_stop(); first += piece) {
      values.resize(static_cast<std::size_t>(std::min(piece, matrix.local_rows() - first)) * columns);
      source.read(matrix.first_row() + first, std::span<Value>(values), asked_to_stop);
      fill<Real, Value>(matrix, first, values, center);
    }
  });
  taken_off = in_double(center);
  return true;
}

/// Collective. The same of a file in which only all rows of a rank at once are quickly read: once more in doubles or
/// integers, where the rows as they came out lie far from the origin.
template <class Real, class Value>
void read_again(const Communicator& comm, const RowSource& source, DistributedMatrix<Real>& matrix,
                std::vector<double>& taken_off) {
  const auto columns = static_cast<std::size_t>(matrix.columns);
  const auto row_of = [&](const auto& values, GlobalIndex index, auto row) {
    const auto begin = static_cast<std::size_t>(index - matrix.first_row()) * columns;
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(begin), columns, row.begin());
  };
  const std::vector<double> rounded =
      sample<double>(comm, matrix.partition, matrix.columns,
                     [&](GlobalIndex index, std::span<double> row) { row_of(matrix.values, index, row); });
  if (centers(rounded, columns).empty()) {
    return;
  }
  std::vector<Value> values;
  attempt_everywhere(comm, [&] {
    values.resize(matrix.values.size());
    source.read(matrix.first_row(), std::span<Value>(values), asked_to_stop);
  });
  const std::vector<Value> center =
      centers(sample<Value>(comm, matrix.partition, matrix.columns,
                            [&](GlobalIndex index, std::span<Value> row) { row_of(values, index, row); }),
              columns);
  if (!center.empty()) {
    fill<Real, Value>(matrix, 0, values, center);
    taken_off = in_double(center);
  }
}

template <class Real, class Value>
bool read_less_centers(const Communicator& comm, const RowSource& source, DistributedMatrix<Real>& matrix,
                       std::vector<double>& taken_off) {
  if (!source.searches()) {
    return read_in_pieces<Real, Value>(comm, source, matrix, taken_off);
  }
  attempt_everywhere(comm, [&] { source.read(matrix.first_row(), std::span(matrix.values), asked_to_stop); });
  read_again<Real, Value>(comm, source, matrix, taken_off);
  return true;
}

}  // namespace

template <class Real>
bool read_centered(const Communicator& comm, const InputDescription& input, const RowSource& source,
                   DistributedMatrix<Real>& matrix, std::vector<double>& center) {
  if (input.rows == 0 || input.columns == 0) {
    return false;
  }
  return input.signed_integers ? read_less_centers<Real, std::int64_t>(comm, source, matrix, center)
                               : read_less_centers<Real, double>(comm, source, matrix, center);
}

void read_less(const InputDescription& input, const RowSource& source, GlobalIndex first,
               std::span<const double> center, std::span<float> out) {
  const auto read = [&]<class Value>(std::vector<Value> values, const std::vector<Value>& less) {
    values.resize(out.size());
    source.read(first, std::span<Value>(values), asked_to_stop);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<float>(difference(values[i], less[i % less.size()]));
    }
  };
  if (input.signed_integers) {
    read(std::vector<std::int64_t>(), std::vector<std::int64_t>(center.begin(), center.end()));
  } else {
    read(std::vector<double>(), std::vector<double>(center.begin(), center.end()));
  }
}

template bool read_centered(const Communicator&, const InputDescription&, const RowSource&, DistributedMatrix<float>&,
                            std::vector<double>&);
template bool read_centered(const Communicator&, const InputDescription&, const RowSource&, DistributedMatrix<double>&,
                            std::vector<double>&);

}  // namespace distsne
