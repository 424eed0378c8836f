/// First positions of the points, from principal scores or at random.
#include "distsne/embed/initialization.hpp"

#include "base/random.hpp"
#include "embed/score_scale.hpp"

namespace distsne {
namespace {

constexpr double outlier_jitter = 0.1;  // of the spread, where heavy tails may leave most rows little room of their own

}  // namespace

template <class Real>
Embedding<Real> initial_from_scores(const Communicator& comm, const RowPartition& partition,
                                    std::span<const double> scores, LocalIndex count, LocalIndex dims, double spread,
                                    std::uint64_t seed) {
  const auto stride = static_cast<std::size_t>(count);
  const ScoreScale scale = fit_scale(comm, partition.rows(), scores, stride);
  // Rows that are tied have nothing but chance to part them.
  Embedding<Real> map =
      initial_random<Real>(partition, comm.rank(), dims, scale.tied ? spread : initial_jitter * spread, seed);
  if (scale.deviation == 0.0) {
    return map;
  }
  const double factor = spread / scale.deviation;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    for (std::size_t m = 0; m < stride; ++m) {
      Real& value = map.row(i)[m];
      const double score = scores[static_cast<std::size_t>(i) * stride + m];
      const double place = scale.outliers ? spread * scale.place(score, m) : factor * score;
      value = static_cast<Real>(static_cast<double>(value) + place);
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
