/// Correlation and triplets on a sample of rows.
#include "quality/distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "quality/rank_correlation.hpp"

namespace distsne {
namespace {

constexpr std::size_t parts = 10;
constexpr std::size_t triplet_count = 100000;
constexpr std::uint32_t sample_of_rows = 11;
constexpr std::uint32_t triplet_draw = 12;

/// The named rows of all ranks, on every rank.
std::vector<double> gather(const Communicator& comm, const DistributedMatrix<float>& x,
                           std::span<const LocalIndex> own) {
  std::vector<GlobalIndex> counts = comm.all_gather(static_cast<std::int64_t>(own.size()) * x.columns);
  std::vector<float> rows;
  for (const LocalIndex row : own) {
    rows.insert(rows.end(), x.row(row).begin(), x.row(row).end());
  }
  std::vector<float> all(static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), GlobalIndex{0})));
  comm.all_gather(std::span<const float>(rows), counts, all.data());
  return {all.begin(), all.end()};
}

struct Sample {
  std::vector<double> data;
  std::vector<double> map;
  std::size_t columns = 0;
  std::size_t dims = 0;

  [[nodiscard]] std::size_t rows() const { return map.size() / dims; }
  [[nodiscard]] double correlation(std::size_t begin, std::size_t end) const {
    return rank_correlation(pair_distances(std::span(data).subspan(begin * columns, (end - begin) * columns), columns),
                            pair_distances(std::span(map).subspan(begin * dims, (end - begin) * dims), dims));
  }
};

double squared(std::span<const double> rows, std::size_t columns, std::size_t i, std::size_t j) {
  double sum = 0.0;
  for (std::size_t c = 0; c < columns; ++c) {
    const double difference = rows[i * columns + c] - rows[j * columns + c];
    sum += difference * difference;
  }
  return sum;
}

/// Share of triplets in the same order, and how many there were.
std::array<double, 2> triplet_share(const Sample& sample, std::uint64_t seed) {
  const CounterRandom random(seed);
  const auto rows = static_cast<double>(sample.rows());
  double agreeing = 0.0;
  double count = 0.0;
  for (std::size_t t = 0; t < triplet_count; ++t) {
    std::array<std::size_t, 3> row{};
    for (std::uint32_t place = 0; place < 3; ++place) {
      row[place] = static_cast<std::size_t>(random.uniform(static_cast<GlobalIndex>(t), triplet_draw + place) * rows);
    }
    const auto [i, j, l] = row;
    if (i == j || i == l || j == l) {
      continue;
    }
    const bool in_data = squared(sample.data, sample.columns, i, j) < squared(sample.data, sample.columns, i, l);
    const bool in_map = squared(sample.map, sample.dims, i, j) < squared(sample.map, sample.dims, i, l);
    agreeing += in_data == in_map ? 1.0 : 0.0;
    count += 1.0;
  }
  return {agreeing / count, count};
}

}  // namespace

std::vector<LocalIndex> sampled_rows(const RowPartition& partition, Rank rank, GlobalIndex wanted, std::uint64_t seed,
                                     std::uint32_t draw) {
  const CounterRandom random(seed);
  const double share = static_cast<double>(wanted) / static_cast<double>(partition.rows());
  std::vector<LocalIndex> rows;
  for (GlobalIndex row = partition.begin(rank); row < partition.end(rank); ++row) {
    if (share >= 1.0 || random.uniform(row, draw) < share) {
      rows.push_back(static_cast<LocalIndex>(row - partition.begin(rank)));
    }
  }
  return rows;
}

DistanceAgreement distance_agreement(const Communicator& comm, const DistributedMatrix<float>& data,
                                     const Embedding<float>& map, GlobalIndex most, std::uint64_t seed) {
  const std::vector<LocalIndex> own = sampled_rows(map.partition, map.rank, most, seed, sample_of_rows);
  const Sample sample{gather(comm, data, own), gather(comm, map, own), static_cast<std::size_t>(data.columns),
                      static_cast<std::size_t>(map.columns)};
  DistanceAgreement result;
  std::array<double, 4> figures{};  // the same for all, computed once
  if (comm.is_root()) {
    figures[0] = sample.rows() < 3 ? std::nan("") : sample.correlation(0, sample.rows());
    if (static_cast<GlobalIndex>(sample.rows()) < map.rows() && sample.rows() >= 10 * parts) {
      double sum = 0.0;
      double squares = 0.0;
      for (std::size_t p = 0; p < parts; ++p) {
        const double part = sample.correlation(sample.rows() * p / parts, sample.rows() * (p + 1) / parts);
        sum += part;
        squares += part * part;
      }
      const double count = parts;
      figures[1] = 1.96 * std::sqrt(std::max(0.0, squares - sum * sum / count) / (count * (count - 1.0)));
    }
    const auto [share, count] =
        sample.rows() < 3 ? std::array<double, 2>{std::nan(""), 1.0} : triplet_share(sample, seed);
    figures[2] = share;
    figures[3] = 1.96 * std::sqrt(share * (1.0 - share) / count);
  }
  comm.broadcast(std::span<double>(figures));
  const auto rows = static_cast<GlobalIndex>(sample.rows());
  result.spearman = {figures[0], figures[1], rows};
  result.triplets = {figures[2], figures[3], rows};
  return result;
}

}  // namespace distsne
