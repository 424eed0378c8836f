/// Votes of neighbors, silhouettes and centers of classes.
#include "quality/classes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"
#include "mpi/row_exchange.hpp"
#include "quality/rank_correlation.hpp"

namespace distsne {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The power of two by which values up to `largest` are multiplied to be added as integers `count` times.
double fixed_point(double largest, GlobalIndex count) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, 61 - exponent - static_cast<int>(std::ceil(std::log2(static_cast<double>(count) + 1.0))));
}

double largest_of(const Communicator& comm, const DistributedMatrix<float>& rows) {
  double largest = 0.0;
  for (const float value : rows.values) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  }
  return comm.max(largest);
}

/// Adds the distances from a point to the rows of this rank to the sums of their classes.
void add_distances(const Embedding<float>& map, const ClassLabels& labels, const float* point, double scale,
                   std::span<std::int64_t> sums) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const float* other = map.values.data();
  for (std::size_t i = 0; i < labels.of_row.size(); ++i, other += dims) {
    double squared = 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      const double difference = static_cast<double>(point[m]) - static_cast<double>(other[m]);
      squared += difference * difference;
    }
    if (labels.of_row[i] >= 0) {
      sums[static_cast<std::size_t>(labels.of_row[i])] += static_cast<std::int64_t>(std::sqrt(squared) * scale);
    }
  }
}

double silhouette(std::span<const std::int64_t> sums, const std::vector<std::int64_t>& sizes, std::size_t own) {
  if (sizes[own] < 2) {
    return 0.0;
  }
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (c != own && sizes[c] > 0) {
      nearest = std::min(nearest, static_cast<double>(sums[c]) / static_cast<double>(sizes[c]));
    }
  }
  const double within = static_cast<double>(sums[own]) / static_cast<double>(sizes[own] - 1);
  const double larger = std::max(within, nearest);
  return larger > 0.0 ? (nearest - within) / larger : 0.0;
}

}  // namespace

std::vector<std::int64_t> class_sizes(const Communicator& comm, const ClassLabels& labels) {
  std::vector<std::int64_t> sizes(labels.classes.size(), 0);
  for (const std::int32_t label : labels.of_row) {
    if (label >= 0) {
      ++sizes[static_cast<std::size_t>(label)];
    }
  }
  comm.sum(std::span<std::int64_t>(sizes));
  return sizes;
}

std::vector<double> nearest_class_hits(const Communicator& comm, const ClassLabels& labels,
                                       std::span<const LocalIndex> queries, const RowComparison& in_map, LocalIndex k) {
  const auto width = static_cast<std::size_t>(k);
  std::vector<GlobalIndex> wanted;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto nearest = in_map.nearest_of(q).first(width);
    wanted.insert(wanted.end(), nearest.begin(), nearest.end());
  }
  const RowExchange plan = RowExchange::fetch(comm, labels.partition, wanted);
  std::vector<std::int32_t> votes(plan.arriving());
  plan.move(comm, std::span<const std::int32_t>(labels.of_row), 1, std::span<std::int32_t>(votes));
  std::vector<double> hits(queries.size(), none);
  std::map<std::int32_t, int> count;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const std::int32_t own = labels.of_row[static_cast<std::size_t>(queries[q])];
    if (own < 0) {
      continue;
    }
    count.clear();
    for (std::size_t i = q * width; i < (q + 1) * width; ++i) {
      if (votes[i] >= 0) {
        ++count[votes[i]];
      }
    }
    const auto most =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    hits[q] = most != count.end() && most->first == own ? 1.0 : 0.0;
  }
  return hits;
}

std::vector<double> silhouettes(const Communicator& comm, const Embedding<float>& map, const ClassLabels& labels,
                                std::span<const LocalIndex> queries) {
  const std::vector<std::int64_t> sizes = class_sizes(comm, labels);
  const auto classes = sizes.size();
  const auto dims = static_cast<std::size_t>(map.columns);
  const bool comparable = std::count_if(sizes.begin(), sizes.end(), [](std::int64_t size) { return size > 0; }) > 1;
  std::vector<double> result;
  const double farthest = 2.0 * std::sqrt(static_cast<double>(map.columns)) * largest_of(comm, map);
  const double scale = farthest > 0.0 ? fixed_point(farthest, map.rows()) : 1.0;
  // The sums of a round take 8 MB at most.
  const auto most = static_cast<std::size_t>(std::max<GlobalIndex>(
      1, std::min<GlobalIndex>(1024,
                               (GlobalIndex{1} << 20) / static_cast<GlobalIndex>(std::max<std::size_t>(1, classes))) /
             comm.size()));
  const std::int64_t rounds = comm.max(static_cast<std::int64_t>(divide_up(queries.size(), most)));
  for (std::int64_t r = 0; r < rounds && comparable; ++r) {
    stop_if_asked(comm);
    const std::size_t begin = std::min(queries.size(), static_cast<std::size_t>(r) * most);
    const auto own = queries.subspan(begin, std::min(most, queries.size() - begin));
    std::vector<GlobalIndex> counts = comm.all_gather(static_cast<std::int64_t>(own.size()));
    const auto total = static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), GlobalIndex{0}));
    const auto before =
        static_cast<std::size_t>(std::accumulate(counts.begin(), counts.begin() + comm.rank(), GlobalIndex{0}));
    std::vector<float> points;
    for (const LocalIndex query : own) {
      points.insert(points.end(), map.row(query).begin(), map.row(query).end());
    }
    for (GlobalIndex& count : counts) {
      count *= map.columns;
    }
    std::vector<float> all(total * dims);
    comm.all_gather(std::span<const float>(points), counts, all.data());
    std::vector<std::int64_t> sums(total * classes, 0);
    parallel_for(static_cast<std::int64_t>(total), [&](std::int64_t index) {
      const auto q = static_cast<std::size_t>(index);
      add_distances(map, labels, all.data() + q * dims, scale, std::span(sums).subspan(q * classes, classes));
    });
    comm.sum(std::span<std::int64_t>(sums));
    for (std::size_t q = 0; q < own.size(); ++q) {
      const std::int32_t label = labels.of_row[static_cast<std::size_t>(own[q])];
      result.push_back(label < 0 ? none
                                 : silhouette(std::span(sums).subspan((before + q) * classes, classes), sizes,
                                              static_cast<std::size_t>(label)));
    }
  }
  result.resize(queries.size(), none);
  return result;
}

std::vector<double> class_centers(const Communicator& comm, const DistributedMatrix<float>& rows,
                                  const ClassLabels& labels) {
  const std::vector<std::int64_t> sizes = class_sizes(comm, labels);
  const auto columns = static_cast<std::size_t>(rows.columns);
  const double largest = largest_of(comm, rows);
  const double scale = largest > 0.0 ? fixed_point(largest, rows.rows()) : 1.0;
  std::vector<std::int64_t> sums(sizes.size() * columns, 0);
  for (std::size_t i = 0; i < labels.of_row.size(); ++i) {
    if (labels.of_row[i] >= 0) {
      const auto row = rows.row(static_cast<LocalIndex>(i));
      std::int64_t* const sum = sums.data() + static_cast<std::size_t>(labels.of_row[i]) * columns;
      for (std::size_t c = 0; c < columns; ++c) {
        sum[c] += std::llrint(static_cast<double>(row[c]) * scale);
      }
    }
  }
  comm.sum(std::span<std::int64_t>(sums));
  std::vector<double> centers(sums.size(), none);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sizes[i / columns] > 0) {
      centers[i] = static_cast<double>(sums[i]) / (scale * static_cast<double>(sizes[i / columns]));
    }
  }
  return centers;
}

double center_correlation(std::span<const double> in_data, std::span<const double> in_map, std::size_t classes) {
  if (classes < 3) {
    return none;
  }
  return rank_correlation(pair_distances(in_data, in_data.size() / classes),
                          pair_distances(in_map, in_map.size() / classes));
}

}  // namespace distsne
