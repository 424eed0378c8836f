/// Rows of data far from the origin, moved beside it before they are rounded.
#include "io/centered_rows.hpp"

#include <algorithm>

#include "data/row_centers.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

constexpr std::size_t piece_values = std::size_t{1} << 20U;  // converted at a time

/// Collective. Whether the rows were read, less the centers of their columns; piece by piece.
template <class Real, class Value>
bool read_in_pieces(const Communicator& comm, const RowSource& source, DistributedMatrix<Real>& matrix,
                    std::vector<double>& taken_off) {
  const auto columns = static_cast<std::size_t>(matrix.columns);
  const std::vector<Value> center = centers(
      sample_rows<Value>(comm, matrix.partition, matrix.columns,
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
      fill_less<Real, Value>(matrix, first, values, center);
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
      sample_rows<double>(comm, matrix.partition, matrix.columns,
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
      centers(sample_rows<Value>(comm, matrix.partition, matrix.columns,
                                 [&](GlobalIndex index, std::span<Value> row) { row_of(values, index, row); }),
              columns);
  if (!center.empty()) {
    fill_less<Real, Value>(matrix, 0, values, center);
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
      out[i] = static_cast<float>(exact_difference(values[i], less[i % less.size()]));
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
