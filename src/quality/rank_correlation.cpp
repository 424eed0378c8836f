/// Ranks with ties, and their correlation.
#include "quality/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"

namespace distsne {
namespace {

/// The ranks of values, less their mean; equal values share their mean rank.
std::vector<double> centered_ranks(const std::vector<double>& values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t i, std::uint32_t j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  const double middle = 0.5 * (static_cast<double>(values.size()) - 1.0);
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    const double rank = 0.5 * static_cast<double>(begin + end - 1) - middle;
    for (; begin < end; ++begin) {
      ranks[order[begin]] = rank;
    }
  }
  return ranks;
}

}  // namespace

std::vector<double> pair_distances(std::span<const double> rows, std::size_t columns) {
  const std::size_t count = rows.size() / columns;
  std::vector<double> distances(count * (count - 1) / 2);
  parallel_for(static_cast<std::int64_t>(count), [&](std::int64_t index) {
    const auto i = static_cast<std::size_t>(index);
    std::size_t next = i * (2 * count - i - 1) / 2;
    for (std::size_t j = i + 1; j < count; ++j) {
      double squared = 0.0;
      for (std::size_t c = 0; c < columns; ++c) {
        const double difference = rows[i * columns + c] - rows[j * columns + c];
        squared += difference * difference;
      }
      distances[next++] = std::sqrt(squared);
    }
  });
  return distances;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> u = centered_ranks(a);
  const std::vector<double> v = centered_ranks(b);
  const double squares =
      std::inner_product(u.begin(), u.end(), u.begin(), 0.0) * std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
  return squares > 0.0 ? std::inner_product(u.begin(), u.end(), v.begin(), 0.0) / std::sqrt(squares)
                       : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace distsne
