/// First positions of the points, from principal scores or at random.
#include "distsne/embed/initialization.hpp"

#include <array>
#include <cmath>

#include "distsne/base/random.hpp"

namespace distsne {
namespace {

constexpr double jitter = 0.01;  // of the spread

/// Standard deviation of the first score over all ranks.
double first_deviation(const Communicator& comm, GlobalIndex rows, std::span<const double> scores, std::size_t count) {
  std::array<ExactSum, 2> sums;
  for (std::size_t i = 0; i < scores.size(); i += count) {
    sums[0].add(scores[i]);
    sums[1].add(scores[i] * scores[i]);
  }
  const std::vector<double> total = comm.sum(std::span<const ExactSum>(sums));
  const double mean = total[0] / static_cast<double>(rows);
  return std::sqrt(std::max(0.0, total[1] / static_cast<double>(rows) - mean * mean));
}

}  // namespace

template <class Real>
Embedding<Real> initial_from_scores(const Communicator& comm, const RowPartition& partition,
                                    std::span<const double> scores, LocalIndex count, LocalIndex dims, double spread,
                                    std::uint64_t seed) {
  const auto stride = static_cast<std::size_t>(count);
  const double deviation = first_deviation(comm, partition.rows(), scores, stride);
  const double factor = deviation > 0.0 ? spread / deviation : 0.0;
  Embedding<Real> map = initial_random<Real>(partition, comm.rank(), dims, jitter * spread, seed);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    for (std::size_t m = 0; m < stride; ++m) {
      Real& value = map.row(i)[m];
      value = static_cast<Real>(static_cast<double>(value) + factor * scores[static_cast<std::size_t>(i) * stride + m]);
    }
  }
  return map;
}

template <class Real>
Embedding<Real> initial_random(const RowPartition& partition, Rank rank, LocalIndex dims, double spread,
                               std::uint64_t seed) {
  Embedding<Real> map(partition, rank, dims);
  const CounterRandom random(seed);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    for (LocalIndex m = 0; m < dims; ++m) {
      map.row(i)[static_cast<std::size_t>(m)] =
          static_cast<Real>(spread * random.normal(map.first_row() + i, static_cast<std::uint32_t>(m)));
    }
  }
  return map;
}

template Embedding<float> initial_from_scores(const Communicator&, const RowPartition&, std::span<const double>,
                                              LocalIndex, LocalIndex, double, std::uint64_t);
template Embedding<double> initial_from_scores(const Communicator&, const RowPartition&, std::span<const double>,
                                               LocalIndex, LocalIndex, double, std::uint64_t);
template Embedding<float> initial_random(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);
template Embedding<double> initial_random(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);

}  // namespace distsne
