/// Rows scaled to length 1, for cosine and correlation distances.
#include "distsne/reduce/metric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

constexpr std::int64_t part_rows = 64;  // of one piece of work

/// Sum of term(value) over a row, in eight interleaved parts, which a processor adds at the same time.
template <class Real, class Term>
double row_sum(std::span<const Real> row, const Term& term) {
  constexpr std::size_t parts = 8;
  std::array<double, parts> sums{};
  std::size_t k = 0;
  for (; k + parts <= row.size(); k += parts) {
    for (std::size_t part = 0; part < parts; ++part) {
      sums[part] += term(static_cast<double>(row[k + part]));
    }
  }
  for (; k < row.size(); ++k) {
    sums[k % parts] += term(static_cast<double>(row[k]));
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

template <class Real>
bool has_direction(std::span<const Real> row, Metric metric) {
  const Real other = metric == Metric::correlation ? row[0] : Real{0};
  return std::any_of(row.begin(), row.end(), [other](Real value) { return value != other; });
}

/// row = (row - shift) / |row - shift|.
template <class Real>
void scale_to_unit(std::span<Real> row, Metric metric) {
  const std::span<const Real> values = row;
  // A power of two brings the values near 1, exactly, so that no square leaves the range of doubles.
  double largest = 0.0;
  for (const Real value : values) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  const double half = std::ldexp(1.0, -(exponent / 2));
  const double rest = std::ldexp(1.0, -(exponent - exponent / 2));
  double mean = 0.0;
  if (metric == Metric::correlation) {
    mean = row_sum(values, [&](double value) { return value * half * rest; }) / static_cast<double>(row.size());
  }
  const double square = row_sum(values, [&](double value) {
    const double centered = value * half * rest - mean;
    return centered * centered;
  });
  const double factor = 1.0 / std::sqrt(square);
  for (Real& value : row) {
    value = static_cast<Real>((static_cast<double>(value) * half * rest - mean) * factor);
  }
}

/// Throws everywhere when rows have no direction.
template <class Real>
void require_directions(const Communicator& comm, const DistributedMatrix<Real>& x, Metric metric) {
  const std::int64_t parts = divide_up(x.local_rows(), part_rows);
  constexpr GlobalIndex none = std::numeric_limits<GlobalIndex>::max();
  std::vector<GlobalIndex> first(static_cast<std::size_t>(parts), none);
  std::vector<GlobalIndex> count(static_cast<std::size_t>(parts), 0);
  parallel_for(parts, [&](std::int64_t part) {
    const auto p = static_cast<std::size_t>(part);
    const std::int64_t end = std::min<std::int64_t>(x.local_rows(), (part + 1) * part_rows);
    for (std::int64_t i = part * part_rows; i < end; ++i) {
      if (!has_direction(x.row(static_cast<LocalIndex>(i)), metric)) {
        first[p] = std::min(first[p], x.first_row() + i);
        ++count[p];
      }
    }
  });
  GlobalIndex total = 0;
  GlobalIndex first_row = none;
  for (std::size_t p = 0; p < first.size(); ++p) {
    total += count[p];
    first_row = std::min(first_row, first[p]);
  }
  total = comm.sum(total);
  first_row = comm.min(first_row);
  const bool cosine = metric == Metric::cosine;
  require_everywhere(
      comm, total == 0,
      fmt::format("--metric {}: row {} (counted from 0) {} and so has no direction ({} such row{} in all): remove such "
                  "rows, or use --metric euclidean",
                  cosine ? "cosine" : "correlation", first_row, cosine ? "is all zeros" : "holds one value only", total,
                  total == 1 ? "" : "s"));
}

}  // namespace

template <class Real>
void prepare_metric(const Communicator& comm, DistributedMatrix<Real>& x, Metric metric) {
  if (metric == Metric::euclidean) {
    return;
  }
  require_directions(comm, x, metric);
  parallel_for(divide_up(x.local_rows(), part_rows), [&](std::int64_t part) {
    const std::int64_t end = std::min<std::int64_t>(x.local_rows(), (part + 1) * part_rows);
    for (std::int64_t i = part * part_rows; i < end; ++i) {
      scale_to_unit(x.row(static_cast<LocalIndex>(i)), metric);
    }
  });
}

template void prepare_metric(const Communicator&, DistributedMatrix<float>&, Metric);
template void prepare_metric(const Communicator&, DistributedMatrix<double>&, Metric);

}  // namespace distsne
