/// k-means with counter-based sampling and integer sums, and the order of its centroids.
#include "neighbors/centroids.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "mpi/interruption.hpp"
#include "neighbors/scan.hpp"

namespace distsne {
namespace {

constexpr int lloyd_iterations = 5;
constexpr double sample_per_centroid = 32.0;
constexpr std::uint32_t sample_column = 1;
constexpr double fixed_point = 0x1.0p36;  // sums of 2^26 rows of one list fit
constexpr std::int64_t rows_per_block = 4096;

std::span<const float> row_of(std::span<const float> rows, std::size_t row, LocalIndex columns) {
  const auto width = static_cast<std::size_t>(columns);
  return rows.subspan(row * width, width);
}

/// Rows of this rank whose random number is below `share`, with that number.
struct Drawn {
  std::vector<LocalIndex> row;
  std::vector<double> number;
};

Drawn draw(const DistributedMatrix<float>& x, double share, std::uint64_t seed) {
  const CounterRandom random(seed);
  Drawn drawn;
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const double number = random.uniform(x.first_row() + i, sample_column);
    if (number < share) {
      drawn.row.push_back(i);
      drawn.number.push_back(number);
    }
  }
  return drawn;
}

/// The `wanted` rows with the smallest random numbers, without those that equal another.
Centroids first_centroids(const Communicator& comm, const DistributedMatrix<float>& x, LocalIndex wanted,
                          std::uint64_t seed) {
  const double share = (2.0 * wanted + 64.0) / static_cast<double>(x.rows());
  const Drawn drawn = draw(x, share, seed);
  std::vector<float> rows;
  for (const LocalIndex row : drawn.row) {
    rows.insert(rows.end(), x.row(row).begin(), x.row(row).end());
  }
  const std::vector<GlobalIndex> counts = comm.all_gather(static_cast<std::int64_t>(drawn.row.size()));
  const auto total = static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<double> numbers(total);
  comm.all_gather(std::span<const double>(drawn.number), counts, numbers.data());
  std::vector<float> all(total * static_cast<std::size_t>(x.columns));
  std::vector<GlobalIndex> values = counts;
  for (GlobalIndex& count : values) {
    count *= x.columns;
  }
  comm.all_gather(std::span<const float>(rows), values, all.data());

  std::vector<std::size_t> order(total);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto row = [&](std::size_t i) { return row_of(all, i, x.columns); };
  // Equal rows stand next to each other; the one with the smallest number stays.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto compared =
        std::lexicographical_compare_three_way(row(a).begin(), row(a).end(), row(b).begin(), row(b).end(),
                                               [](float u, float v) { return std::strong_order(u, v); });
    return compared == std::strong_ordering::equal ? numbers[a] < numbers[b] : compared == std::strong_ordering::less;
  });
  order.erase(std::unique(order.begin(), order.end(),
                          [&](std::size_t a, std::size_t b) {
                            return std::equal(row(a).begin(), row(a).end(), row(b).begin());
                          }),
              order.end());
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(wanted)));

  Centroids centroids;
  centroids.count = narrow<LocalIndex>(order.size());
  centroids.columns = x.columns;
  for (const std::size_t i : order) {
    centroids.values.insert(centroids.values.end(), row(i).begin(), row(i).end());
  }
  return centroids;
}

PackedRows packed(const Centroids& centroids) {
  const std::array<LocalIndex, 2> begins{0, centroids.count};
  return {centroids.values, centroids.columns, begins};
}

/// Moves every centroid to the mean of the sample rows that are nearest to it.
void lloyd_step(const Communicator& comm, const DistributedMatrix<float>& x, const std::vector<LocalIndex>& sample,
                Centroids& centroids) {
  const auto columns = static_cast<std::size_t>(x.columns);
  std::vector<float> rows(sample.size() * columns);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    std::copy(x.row(sample[i]).begin(), x.row(sample[i]).end(), rows.data() + i * columns);
  }
  const std::vector<LocalIndex> nearest = assign_rows(rows, centroids);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(centroids.count) * (columns + 1), 0);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    std::int64_t* const sum = sums.data() + static_cast<std::size_t>(nearest[i]) * (columns + 1);
    for (std::size_t k = 0; k < columns; ++k) {
      sum[k] += std::llrint(static_cast<double>(rows[i * columns + k]) * fixed_point);
    }
    ++sum[columns];
  }
  comm.sum(std::span<std::int64_t>(sums));
  for (std::size_t c = 0; c < static_cast<std::size_t>(centroids.count); ++c) {
    const std::int64_t* const sum = sums.data() + c * (columns + 1);
    for (std::size_t k = 0; k < columns && sum[columns] > 0; ++k) {
      centroids.values[c * columns + k] =
          static_cast<float>(static_cast<double>(sum[k]) / (fixed_point * static_cast<double>(sum[columns])));
    }
  }
}

/// Orders centroids by halving them along their principal axis, again and again.
class TreeOrder {
 public:
  explicit TreeOrder(const Centroids& centroids)
      : centroids_(centroids), columns_(static_cast<std::size_t>(centroids.columns)) {}

  void halve(std::span<LocalIndex> part) const {
    if (part.size() < 3) {
      return;
    }
    const std::vector<double> axis = principal_axis(part);
    std::vector<std::pair<double, LocalIndex>> along;
    along.reserve(part.size());
    for (const LocalIndex c : part) {
      const float* const row = centroids_.row(c);
      double projection = 0.0;
      for (std::size_t k = 0; k < columns_; ++k) {
        projection += axis[k] * static_cast<double>(row[k]);
      }
      along.emplace_back(projection, c);
    }
    std::sort(along.begin(), along.end());
    std::transform(along.begin(), along.end(), part.begin(), [](const auto& entry) { return entry.second; });
    const std::size_t half = part.size() / 2;
    halve(part.first(half));
    halve(part.subspan(half));
  }

 private:
  /// A few power iterations with the covariance: the direction need not be exact.
  [[nodiscard]] std::vector<double> principal_axis(std::span<const LocalIndex> part) const {
    constexpr int iterations = 8;
    std::vector<double> mean(columns_, 0.0);
    for (const LocalIndex c : part) {
      for (std::size_t k = 0; k < columns_; ++k) {
        mean[k] += static_cast<double>(centroids_.row(c)[k]) / static_cast<double>(part.size());
      }
    }
    // From the widest column.
    std::vector<double> variance(columns_, 0.0);
    for (const LocalIndex c : part) {
      for (std::size_t k = 0; k < columns_; ++k) {
        variance[k] += std::pow(static_cast<double>(centroids_.row(c)[k]) - mean[k], 2);
      }
    }
    std::vector<double> axis(columns_, 0.0);
    axis[static_cast<std::size_t>(std::max_element(variance.begin(), variance.end()) - variance.begin())] = 1.0;
    std::vector<double> next(columns_);
    for (int iteration = 0; iteration < iterations; ++iteration) {
      std::fill(next.begin(), next.end(), 0.0);
      for (const LocalIndex c : part) {
        const float* const row = centroids_.row(c);
        double projection = 0.0;
        for (std::size_t k = 0; k < columns_; ++k) {
          projection += (static_cast<double>(row[k]) - mean[k]) * axis[k];
        }
        for (std::size_t k = 0; k < columns_; ++k) {
          next[k] += projection * (static_cast<double>(row[k]) - mean[k]);
        }
      }
      const double norm = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
      if (norm == 0.0) {
        break;
      }
      for (std::size_t k = 0; k < columns_; ++k) {
        axis[k] = next[k] / norm;
      }
    }
    return axis;
  }

  const Centroids& centroids_;
  std::size_t columns_;
};

Centroids in_tree_order(const Centroids& centroids) {
  std::vector<LocalIndex> order(static_cast<std::size_t>(centroids.count));
  std::iota(order.begin(), order.end(), 0);
  TreeOrder(centroids).halve(order);
  Centroids sorted{centroids.count, centroids.columns, {}};
  sorted.values.reserve(centroids.values.size());
  for (const LocalIndex c : order) {
    sorted.values.insert(sorted.values.end(), centroids.row(c), centroids.row(c) + centroids.columns);
  }
  return sorted;
}

}  // namespace

std::vector<LocalIndex> assign_rows(std::span<const float> rows, const Centroids& centroids) {
  const auto columns = static_cast<std::size_t>(centroids.columns);
  const std::size_t count = rows.size() / columns;
  std::vector<LocalIndex> nearest(count);
  const PackedRows store = packed(centroids);
  const std::int64_t blocks = divide_up(static_cast<std::int64_t>(count), rows_per_block);
  parallel_for(blocks, [&](std::int64_t block) {
    const auto begin = static_cast<std::size_t>(block * rows_per_block);
    const std::size_t size = std::min(static_cast<std::size_t>(rows_per_block), count - begin);
    nearest_rows(store.block(0), rows.subspan(begin * columns, size * columns),
                 std::span<LocalIndex>(nearest).subspan(begin, size));
  });
  return nearest;
}

Centroids find_centroids(const Communicator& comm, const DistributedMatrix<float>& x, LocalIndex wanted,
                         std::uint64_t seed) {
  Centroids centroids = first_centroids(comm, x, wanted, seed);
  const double share = sample_per_centroid * static_cast<double>(centroids.count) / static_cast<double>(x.rows());
  const std::vector<LocalIndex> sample = draw(x, share, seed).row;
  for (int iteration = 0; iteration < lloyd_iterations; ++iteration) {
    lloyd_step(comm, x, sample, centroids);
    stop_if_asked(comm);
  }
  return in_tree_order(centroids);
}

}  // namespace distsne
