/// Dense conditional affinities: distances while the blocks of X go round the ring, then a search in each row.
#include "affinity/dense.hpp"

#include <fmt/format.h>

#include <cmath>

#include "affinity/distances.hpp"
#include "affinity/finish.hpp"
#include "affinity/row.hpp"
#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

/// X times the power of two that brings its largest magnitude into [1/2, 1): exact, and safe to square.
/// `unit` becomes what it was divided by.
template <class Real>
AlignedVector<Real> scaled_rows(const Communicator& comm, const DistributedMatrix<Real>& x, double& unit) {
  double largest = 0.0;
  for (const Real value : x.values) {
    largest = std::max(largest, static_cast<double>(std::abs(value)));
  }
  largest = comm.max(largest);
  AlignedVector<Real> scaled = x.values;
  unit = 1.0;
  if (largest > 0.0) {
    int exponent = 0;
    std::frexp(largest, &exponent);
    unit = std::ldexp(1.0, exponent);
    for (Real& value : scaled) {
      value = std::ldexp(value, -exponent);
    }
  }
  return scaled;
}

/// Fills rows with squared distances to all rows of X, and returns the unit of the distances.
template <class Real>
double fill_distances(const Communicator& comm, const DistributedMatrix<Real>& x, DenseRows<Real>& rows) {
  double unit = 1.0;
  const AlignedVector<Real> own = scaled_rows(comm, x, unit);
  std::vector<std::size_t> block_bytes;
  block_bytes.reserve(static_cast<std::size_t>(x.partition.ranks()));
  for (Rank r = 0; r < x.partition.ranks(); ++r) {
    block_bytes.push_back(checked_product(x.partition.size(r), x.columns) * sizeof(Real));
  }
  comm.ring(std::as_bytes(std::span<const Real>(own)), block_bytes, [&](Rank owner, std::span<const std::byte> bytes) {
    const std::span<const Real> values(reinterpret_cast<const Real*>(bytes.data()), bytes.size() / sizeof(Real));
    const DistanceBlock<Real> block(values, x.columns);
    const auto first_column = static_cast<std::size_t>(x.partition.begin(owner));
    constexpr auto group = static_cast<LocalIndex>(DistanceBlock<Real>::most_queries);
    parallel_for(divide_up(x.local_rows(), group), [&](std::int64_t index) {
      if (asked_to_stop()) {
        return;
      }
      const auto first = static_cast<LocalIndex>(index) * group;
      std::array<const Real*, DistanceBlock<Real>::most_queries> queries{};
      std::array<Real*, DistanceBlock<Real>::most_queries> out{};
      std::size_t used = 0;
      for (LocalIndex i = first; i < std::min(first + group, x.local_rows()); ++i, ++used) {
        queries[used] = own.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(x.columns);
        out[used] = rows.row(i) + first_column;
      }
      block.squared_distances(std::span<const Real* const>(queries.data(), used),
                              std::span<Real* const>(out.data(), used));
    });
  });
  stop_if_asked(comm);
  return unit;
}

}  // namespace

template <class Real>
ConditionalAffinities<Real> finished_conditional(const Communicator& comm, AffinityRows<Real>&& rows,
                                                 const std::vector<PerplexityRow>& found, RowWeights<Real>&& weights) {
  ConditionalAffinities<Real> result;
  result.rows = std::move(rows);
  std::array<ExactSum, 1> entropy;
  std::array<std::int64_t, 3> missed{};  // all, those apart, and those of light neighbors
  for (std::size_t i = 0; i < found.size(); ++i) {
    const PerplexityRow& row = found[i];
    entropy[0].add(weights ? static_cast<double>((*weights)[i]) * row.entropy : row.entropy);
    missed[0] += row.met ? 0 : 1;
    missed[1] += row.met || !row.apart ? 0 : 1;
    missed[2] += row.light ? 1 : 0;
    if (weights) {
      result.own.push_back(row.own);
    }
  }
  result.sum_p_log_p = -comm.sum(std::span<const ExactSum>(entropy))[0];
  result.perplexity_missed = comm.sum(missed[0]);
  result.perplexity_missed_apart = comm.sum(missed[1]);
  result.few_neighbors = comm.sum(missed[2]);
  result.weights = std::move(weights);
  return result;
}

template <class Real>
ConditionalAffinities<Real> dense_affinities(const Communicator& comm, const DistributedMatrix<Real>& x,
                                             const AffinityOptions& options) {
  require_affinities_fit(comm, options, x.rows(), x.rows() - 1);
  DenseRows<Real> rows;
  attempt_everywhere(comm, [&] { rows = DenseRows<Real>(x.partition, x.rank); });
  const double unit = fill_distances(comm, x, rows);

  std::vector<PerplexityRow> found(static_cast<std::size_t>(x.local_rows()));
  parallel_for(x.local_rows(), [&](std::int64_t i) {
    if (asked_to_stop()) {
      return;
    }
    static thread_local AlignedVector<Real> scratch;
    const auto local = static_cast<LocalIndex>(i);
    found[static_cast<std::size_t>(i)] =
        affinity_row(std::span<Real>(rows.row(local), rows.stride), static_cast<std::size_t>(x.rows()),
                     static_cast<std::size_t>(x.first_row() + i), options, unit * unit, scratch);
  });
  stop_if_asked(comm);
  return finished_conditional(comm, AffinityRows<Real>(std::move(rows)), found);
}

template ConditionalAffinities<float> finished_conditional(const Communicator&, AffinityRows<float>&&,
                                                           const std::vector<PerplexityRow>&, RowWeights<float>&&);
template ConditionalAffinities<double> finished_conditional(const Communicator&, AffinityRows<double>&&,
                                                            const std::vector<PerplexityRow>&, RowWeights<double>&&);
template ConditionalAffinities<float> dense_affinities(const Communicator&, const DistributedMatrix<float>&,
                                                       const AffinityOptions&);
template ConditionalAffinities<double> dense_affinities(const Communicator&, const DistributedMatrix<double>&,
                                                        const AffinityOptions&);

}  // namespace distsne
