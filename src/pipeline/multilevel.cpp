/// Sampling, embedding the sample, and placing the rest.
#include "pipeline/multilevel.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "data/repartition.hpp"
#include "mpi/row_exchange.hpp"
#include "neighbors/reference.hpp"
#include "pipeline/map_stages.hpp"

namespace distsne {
namespace {

constexpr LocalIndex placed_among = 10;
constexpr LocalIndex rows_at_a_time = 1 << 17;

/// The rows that are drawn, of this rank, in float.
template <class Real>
DistributedMatrix<float> sample(const Run& run, const DistributedMatrix<Real>& x) {
  const auto rows = static_cast<double>(x.rows());
  const double share = expected_sample(rows) / rows;
  const CounterRandom random(run.config.seed ^ 0x3B1EULL);
  std::vector<LocalIndex> drawn;
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    if (random.uniform(x.first_row() + i, 0) <= share) {
      drawn.push_back(i);
    }
  }
  const RowPartition partition(run.comm.all_gather(static_cast<std::int64_t>(drawn.size())));
  DistributedMatrix<float> result(partition, run.comm.rank(), x.columns);
  for (std::size_t s = 0; s < drawn.size(); ++s) {
    const auto from = x.row(drawn[s]);
    std::transform(from.begin(), from.end(), result.row(static_cast<LocalIndex>(s)).begin(),
                   [](Real value) { return static_cast<float>(value); });
  }
  return result;
}

/// The map of the sample: rows as they are, all else as the run has it.
Embedding<float> map_of_sample(const Run& run, const DistributedMatrix<float>& rows) {
  MapOptions options = run.config;
  options.initialization.kind = InitialMap::pca;
  options.preprocess = {};  // prepared rows stay as they are
  options.metric = Metric::euclidean;
  if (options.affinity.kind == AffinityKind::given) {
    options.affinity = {};  // the sample has none
  }
  MapPlan plan;
  plan.rows = rows.rows();
  plan.threads = run.plan.threads;
  choose_pairs(run.comm, options, true, plan);
  MapObserver nobody;
  Run sub(run.comm, options, plan, nobody);
  MapSource<float> source;
  source.rows = [&] { return RawRows<float>{rows, {}}; };
  StageStore<float> nothing(run.comm);
  const MovedMap<float> moved =
      move_map<float>(sub, prepare_map(sub, source, nothing), nothing, [](const LoopState<float>& /*state*/) {});
  return in_input_order(run.comm, moved.state.moving);
}

/// Rows among their nearest of the sample, each of which counts the more the nearer it is.
template <class Real>
class Placing {
 public:
  Placing(const Run& run, DistributedMatrix<float>&& rows, const Embedding<float>& map)
      : comm_(run.comm),
        k_(static_cast<LocalIndex>(std::min<GlobalIndex>(placed_among, rows.rows()))),
        reference_(run.comm, std::move(rows), options_of(run, k_)),
        dims_(static_cast<std::size_t>(map.columns)) {
    places_.resize(reference_.input_row().size() * dims_);
    RowExchange::fetch(comm_, map.partition, reference_.input_row())
        .move(comm_, std::span<const float>(map.values), dims_, std::span<float>(places_));
  }

  /// Appends the places of some rows, which are those of this rank from `first` on.
  void place(const DistributedMatrix<Real>& x, LocalIndex first, LocalIndex count, std::vector<double>& out) const {
    const RowPartition partition(comm_.all_gather(std::int64_t{count}));
    DistributedMatrix<float> some(partition, comm_.rank(), x.columns);
    for (LocalIndex i = 0; i < count; ++i) {
      const auto from = x.row(first + i);
      std::transform(from.begin(), from.end(), some.row(i).begin(),
                     [](Real value) { return static_cast<float>(value); });
    }
    const ForeignNeighbors near = reference_.nearest(some, k_);
    const std::vector<GlobalIndex> wanted(near.neighbors.begin(), near.neighbors.end());
    const RowExchange plan = RowExchange::fetch(comm_, reference_.partition(), wanted);
    std::vector<float> places(plan.arriving() * dims_);
    plan.move(comm_, std::span<const float>(places_), dims_, std::span<float>(places));
    const auto k = static_cast<std::size_t>(k_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const double farthest = static_cast<double>(near.distances[i * k + k - 1]);
      double total = 0.0;
      std::array<double, 3> sum{};
      for (std::size_t n = i * k; n < (i + 1) * k; ++n) {
        const double weight = 1.0 / (static_cast<double>(near.distances[n]) + 1e-3 * farthest + 1e-30);
        total += weight;
        for (std::size_t m = 0; m < dims_; ++m) {
          sum[m] += weight * static_cast<double>(places[n * dims_ + m]);
        }
      }
      for (std::size_t m = 0; m < dims_; ++m) {
        out.push_back(sum[m] / total);
      }
    }
  }

 private:
  static NeighborOptions options_of(const Run& run, LocalIndex k) {
    NeighborOptions options;
    options.k = k;
    options.recall = run.config.recall;
    options.seed = run.config.seed;
    return options;
  }

  const Communicator& comm_;
  LocalIndex k_;
  ReferenceRows reference_;
  std::size_t dims_;
  std::vector<float> places_;  // of the reference in its working order
};

}  // namespace

template <class Real>
Embedding<Real> multilevel_map(const Run& run, const DistributedMatrix<Real>& x, double spread) {
  const Communicator& comm = run.comm;
  DistributedMatrix<float> drawn = sample(run, x);
  const RowPartition even(drawn.rows(), comm.size());
  DistributedMatrix<float> rows = in_partition(comm, std::move(drawn), even);
  const Embedding<float> map = map_of_sample(run, rows);
  const Placing<Real> placing(run, std::move(rows), map);
  std::vector<double> scores;
  const auto rounds = comm.max(std::int64_t{divide_up(x.local_rows(), rows_at_a_time)});
  for (std::int64_t round = 0; round < rounds; ++round) {
    const auto first = static_cast<LocalIndex>(std::min<std::int64_t>(x.local_rows(), round * rows_at_a_time));
    placing.place(x, first, std::min(rows_at_a_time, x.local_rows() - first), scores);
  }
  return initial_from_scores<Real>(comm, x.partition, scores, map.columns, map.columns, spread, run.config.seed);
}

template Embedding<float> multilevel_map(const Run&, const DistributedMatrix<float>&, double);
template Embedding<double> multilevel_map(const Run&, const DistributedMatrix<double>&, double);

}  // namespace distsne
