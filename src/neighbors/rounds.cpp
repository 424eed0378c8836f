/// Normalization, effort, and the last step of a query.
#include "neighbors/rounds.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace distsne {
namespace {

/// Beyond so many products of coordinates over all pairs of rows, `automatic` searches approximately: about a second of
/// one core.
constexpr double most_products_of_exact = 1e11;

}  // namespace

Normalization normalize(const Communicator& comm, DistributedMatrix<float>& x) {
  double largest = 0.0;
  for (const float value : x.values) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  }
  largest = comm.max(largest);
  if (largest == 0.0) {
    return {1.0, 1.0F, std::vector<float>(static_cast<std::size_t>(x.columns), 0.0F)};
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  ++exponent;  // room for the mean
  const float scale = std::ldexp(1.0F, -exponent);
  constexpr double fixed_point = 0x1.0p30;  // 2^32 rows fit
  const auto columns = static_cast<std::size_t>(x.columns);
  std::vector<std::int64_t> sums(columns, 0);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const auto row = x.row(i);
    for (std::size_t k = 0; k < columns; ++k) {
      sums[k] += static_cast<std::int64_t>(static_cast<double>(row[k] * scale) * fixed_point);
    }
  }
  comm.sum(std::span<std::int64_t>(sums));
  Normalization result{std::ldexp(1.0, exponent), scale, {}};
  result.mean.reserve(columns);
  for (const std::int64_t sum : sums) {
    result.mean.push_back(static_cast<float>(static_cast<double>(sum) / (fixed_point * static_cast<double>(x.rows()))));
  }
  parallel_for(x.local_rows(), [&](std::int64_t i) { result.apply(x.row(static_cast<LocalIndex>(i))); });
  return result;
}

LocalIndex lists_for(GlobalIndex rows) {
  return rows < 2048 ? 1
                     : static_cast<LocalIndex>(std::clamp(4.0 * std::sqrt(static_cast<double>(rows)), 1.0, 65536.0));
}

bool searches_exactly(const NeighborOptions& options, GlobalIndex queries, GlobalIndex rows, LocalIndex columns) {
  const double products = static_cast<double>(queries) * static_cast<double>(rows) * columns;
  return options.search == NeighborSearch::exact ||
         (options.search == NeighborSearch::automatic && products <= most_products_of_exact);
}

double recall_to_aim_at(const NeighborOptions& options) { return options.recall + 0.25 * (1.0 - options.recall); }

double largest_norm(const Communicator& comm, const DistributedMatrix<float>& rows) {
  double largest = 0.0;
  for (LocalIndex i = 0; i < rows.local_rows(); ++i) {
    largest = std::max(largest, static_cast<double>(squared_norm(rows.row(i))));
  }
  return comm.max(largest);
}

float expanded_error(const InvertedLists& lists, double largest) {
  return static_cast<float>(4.0 * largest * (lists.rows.columns + 8) * 0x1.0p-24);  // a few roundings for each column
}

void write_nearest(const InvertedLists& lists, double unit, QueryGroup& group, std::size_t q,
                   std::span<CompactIndex> neighbors, std::span<float> distances) {
  const auto total = static_cast<std::uint64_t>(lists.rows.rows());
  const auto columns = static_cast<std::size_t>(lists.rows.columns);
  const GlobalIndex first = lists.rows.first_row();
  NearestList& query = group.nearest[q];
  query.cut();
  std::sort(group.remote[q].begin(), group.remote[q].end());
  std::vector<DistanceKey> keys;
  keys.reserve(query.count);
  for (std::uint32_t i = 0; i < query.count; ++i) {
    const std::uint64_t row = (query.self + std::uint64_t{key_tie(query.keys[i])}) % total;
    const GlobalIndex local = static_cast<GlobalIndex>(row) - first;
    float squared = 0.0F;
    if (local >= 0 && local < lists.rows.local_rows()) {
      squared = squared_distance(query.row, lists.rows.row(static_cast<LocalIndex>(local)).data(), columns);
    } else {
      squared = std::lower_bound(group.remote[q].begin(), group.remote[q].end(),
                                 std::pair<DistanceKey, float>(query.keys[i], 0.0F))
                    ->second;
    }
    keys.push_back(distance_key(squared, key_tie(query.keys[i])));
  }
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    neighbors[i] = static_cast<CompactIndex>((query.self + std::uint64_t{key_tie(keys[i])}) % total);
    distances[i] = static_cast<float>(unit * std::sqrt(static_cast<double>(key_distance(keys[i]))));
  }
}

}  // namespace distsne
