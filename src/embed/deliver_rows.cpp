/// Rows that stay are copied, rows that leave travel in rounds of bounded size.
#include "embed/deliver_rows.hpp"

#include <algorithm>
#include <numeric>

#include "distsne/base/parallel.hpp"

namespace distsne {
namespace {

constexpr std::int64_t entries_per_round = 1 << 23;
constexpr std::int64_t rows_per_piece = 512;

template <class Work>
void for_rows(std::size_t count, const Work& work) {
  parallel_for((static_cast<std::int64_t>(count) + rows_per_piece - 1) / rows_per_piece, [&](std::int64_t piece) {
    const auto first = static_cast<std::size_t>(piece * rows_per_piece);
    for (std::size_t i = first; i < std::min(count, first + static_cast<std::size_t>(rows_per_piece)); ++i) {
      work(i);
    }
  });
}

/// Rows on their way to other ranks in one round, in the order of the ranks.
template <class Real>
struct Departing {
  std::vector<std::uint32_t> rows;  // local places where they go
  std::vector<CompactIndex> columns;
  std::vector<Real> values;
  std::vector<std::int64_t> row_counts;    // per rank
  std::vector<std::int64_t> entry_counts;  // per rank
};

/// Puts arrived rows, one after the other, into their places.
template <class Real>
void put_rows(const std::vector<std::uint32_t>& rows, const std::vector<CompactIndex>& columns,
              const std::vector<Real>& values, SparseRows<Real>& result) {
  std::ptrdiff_t next = 0;
  for (const std::uint32_t row : rows) {
    const std::ptrdiff_t begin = result.begin[row];
    const std::ptrdiff_t count = result.begin[row + std::size_t{1}] - begin;
    std::copy_n(columns.begin() + next, count, result.columns.begin() + begin);
    std::copy_n(values.begin() + next, count, result.values.begin() + begin);
    next += count;
  }
}

}  // namespace

template <class Real>
SparseRows<Real> delivered(const Communicator& comm, SparseRows<Real>&& rows, std::span<const GlobalIndex> place,
                           const RowExchange& plan) {
  const std::size_t count = place.size();
  SparseRows<Real> result;
  result.partition = RowPartition(rows.partition.rows(), comm.size());
  result.rank = comm.rank();
  std::vector<std::int64_t> lengths(count);
  for (std::size_t i = 0; i < count; ++i) {
    lengths[i] = rows.begin[i + 1] - rows.begin[i];
  }
  result.begin.assign(plan.arriving() + 1, 0);
  plan.move(comm, std::span<const std::int64_t>(lengths), 1, std::span<std::int64_t>(result.begin).subspan(1));
  std::inclusive_scan(result.begin.begin(), result.begin.end(), result.begin.begin());
  result.columns.resize(static_cast<std::size_t>(result.begin.back()));
  result.values.resize(static_cast<std::size_t>(result.begin.back()));

  const GlobalIndex first = result.first_row();
  const GlobalIndex end = first + result.local_rows();
  for_rows(count, [&](std::size_t i) {
    if (place[i] >= first && place[i] < end) {
      const std::ptrdiff_t to = result.begin[static_cast<std::size_t>(place[i] - first)];
      std::copy_n(rows.columns.begin() + rows.begin[i], lengths[i], result.columns.begin() + to);
      std::copy_n(rows.values.begin() + rows.begin[i], lengths[i], result.values.begin() + to);
    }
  });

  std::vector<std::pair<Rank, std::size_t>> leaving;  // rows that go to other ranks
  for (std::size_t i = 0; i < count && comm.size() > 1; ++i) {
    if (place[i] < first || place[i] >= end) {
      leaving.emplace_back(result.partition.owner(place[i]), i);
    }
  }
  std::size_t next = 0;
  while (comm.size() > 1 && comm.max(std::int64_t{next < leaving.size() ? 1 : 0}) != 0) {
    std::size_t stop = next;
    for (std::int64_t entries = 0; stop < leaving.size() && entries < entries_per_round; ++stop) {
      entries += lengths[leaving[stop].second];
    }
    std::stable_sort(leaving.begin() + static_cast<std::ptrdiff_t>(next),
                     leaving.begin() + static_cast<std::ptrdiff_t>(stop),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Departing<Real> round;
    round.row_counts.assign(static_cast<std::size_t>(comm.size()), 0);
    round.entry_counts.assign(static_cast<std::size_t>(comm.size()), 0);
    for (; next < stop; ++next) {
      const auto [rank, i] = leaving[next];
      round.rows.push_back(static_cast<std::uint32_t>(place[i] - result.partition.begin(rank)));
      round.columns.insert(round.columns.end(), rows.columns.begin() + rows.begin[i],
                           rows.columns.begin() + rows.begin[i + 1]);
      round.values.insert(round.values.end(), rows.values.begin() + rows.begin[i],
                          rows.values.begin() + rows.begin[i + 1]);
      ++round.row_counts[static_cast<std::size_t>(rank)];
      round.entry_counts[static_cast<std::size_t>(rank)] += lengths[i];
    }
    std::vector<std::int64_t> ignored;
    const auto arrived_rows = comm.all_to_all(std::span<const std::uint32_t>(round.rows), round.row_counts, ignored);
    const auto columns = comm.all_to_all(std::span<const CompactIndex>(round.columns), round.entry_counts, ignored);
    const auto values = comm.all_to_all(std::span<const Real>(round.values), round.entry_counts, ignored);
    put_rows(arrived_rows, columns, values, result);
  }
  rows = {};
  return result;
}

template SparseRows<float> delivered(const Communicator&, SparseRows<float>&&, std::span<const GlobalIndex>,
                                     const RowExchange&);
template SparseRows<double> delivered(const Communicator&, SparseRows<double>&&, std::span<const GlobalIndex>,
                                      const RowExchange&);

}  // namespace distsne
