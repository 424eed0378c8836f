/// Ranges of columns over all ranks, and the powers of two that make integers of them.
#include "reduce/columns.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "distsne/base/aligned.hpp"
#include "reduce/scale.hpp"

namespace distsne {
namespace {

constexpr int most_bits = 22;
constexpr int most_fine_bits = 44;
constexpr int least_exponent = -960;  // ranges below 2^-960 count as zero, so that reciprocals are finite

/// Least values, and then the greatest ones, of all columns over all ranks.
template <class Real>
std::vector<double> column_ranges(const Communicator& comm, const DistributedMatrix<Real>& x) {
  const auto columns = static_cast<std::size_t>(x.columns);
  const std::int64_t parts = std::clamp<std::int64_t>(x.local_rows() / 64, 1, 4 * std::int64_t{threads()});
  std::vector<std::vector<Real>> low(static_cast<std::size_t>(parts));
  std::vector<std::vector<Real>> high(static_cast<std::size_t>(parts));
  parallel_for(parts, [&](std::int64_t part) {
    const auto p = static_cast<std::size_t>(part);
    low[p].assign(columns, std::numeric_limits<Real>::infinity());
    high[p].assign(columns, -std::numeric_limits<Real>::infinity());
    const std::int64_t begin = x.local_rows() * part / parts;
    const std::int64_t end = x.local_rows() * (part + 1) / parts;
    join_ranges(RangeTask<Real>{x.values.data() + begin * x.columns, static_cast<std::size_t>(end - begin), columns,
                                low[p].data(), high[p].data()});
  });
  std::vector<double> ranges(2 * columns, -std::numeric_limits<double>::infinity());  // -low and high: both are maxima
  for (std::size_t p = 0; p < low.size(); ++p) {
    for (std::size_t c = 0; c < columns; ++c) {
      ranges[c] = std::max(ranges[c], -static_cast<double>(low[p][c]));
      ranges[columns + c] = std::max(ranges[columns + c], static_cast<double>(high[p][c]));
    }
  }
  comm.max(ranges);
  std::transform(ranges.begin(), ranges.begin() + x.columns, ranges.begin(), [](double value) { return -value; });
  return ranges;
}

}  // namespace

double ColumnUnits::relative_unit(std::size_t column) const {
  return inverse[column] == 0.0 ? 0.0 : std::ldexp(1.0, exponent[column] - largest);
}

double ColumnUnits::mean(std::size_t column, std::int64_t fine_sum, GlobalIndex rows) const {
  return center[column] +
         std::ldexp(static_cast<double>(fine_sum) / static_cast<double>(rows), exponent[column] - fraction_bits);
}

double centered_product(GlobalIndex rows, std::int64_t product, std::int64_t sum_a, std::int64_t sum_b) {
  __extension__ using Wide = __int128;
  const Wide centered = static_cast<Wide>(rows) * product - static_cast<Wide>(sum_a) * sum_b;
  return static_cast<double>(centered) / static_cast<double>(rows) /
         static_cast<double>(std::max<GlobalIndex>(1, rows - 1));
}

template <class Real>
ColumnUnits column_units(const Communicator& comm, const DistributedMatrix<Real>& x) {
  const auto columns = static_cast<std::size_t>(x.columns);
  const int row_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(x.rows())));
  ColumnUnits units;
  units.bits = std::min(most_bits, (62 - row_bits) / 2);
  units.fraction_bits = std::min(most_fine_bits, 62 - row_bits) - units.bits;
  units.center.resize(round_up(columns, panel_width), 0.0);
  units.inverse.resize(round_up(columns, panel_width), 0.0);
  units.exponent.resize(columns, 0);
  const std::vector<double> ranges = column_ranges(comm, x);
  bool varied = false;
  for (std::size_t c = 0; c < columns; ++c) {
    const double low = ranges[c];
    const double high = ranges[columns + c];
    units.center[c] = low == high ? low : 0.5 * low + 0.5 * high;
    const double half = std::max(high - units.center[c], units.center[c] - low);
    int exponent = 0;
    std::frexp(half, &exponent);  // half < 2^exponent
    if (half > 0.0 && exponent >= least_exponent) {
      units.exponent[c] = exponent - units.bits;
      units.inverse[c] = std::ldexp(1.0, -units.exponent[c]);
      units.largest = varied ? std::max(units.largest, units.exponent[c]) : units.exponent[c];
      varied = true;
    }
  }
  return units;
}

template ColumnUnits column_units(const Communicator&, const DistributedMatrix<float>&);
template ColumnUnits column_units(const Communicator&, const DistributedMatrix<double>&);

}  // namespace distsne
