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

/// Rows that leave for other ranks in one round, sorted by rank.
struct Departing {
  std::vector<std::size_t> rows;              // local
  std::vector<std::uint32_t> places;          // local places where they go
  std::vector<std::int64_t> row_counts;       // per rank
  std::vector<std::int64_t> entry_counts;     // per rank
  std::vector<std::uint32_t> arrived_places;  // of the rows that come here
};

/// Collective. Sends one value of each entry of the rows of a round, and puts what arrives into its places.
template <class T, class Values>
void send_entries(const Communicator& comm, const Departing& round, const std::vector<std::int64_t>& begin,
                  const Values& values, const std::vector<std::int64_t>& new_begin, Values& result) {
  std::vector<T> departing;
  departing.reserve(
      static_cast<std::size_t>(std::accumulate(round.entry_counts.begin(), round.entry_counts.end(), std::int64_t{0})));
  for (const std::size_t row : round.rows) {
    departing.insert(departing.end(), values.begin() + begin[row], values.begin() + begin[row + 1]);
  }
  std::vector<std::int64_t> ignored;
  const std::vector<T> arrived = comm.all_to_all(std::span<const T>(departing), round.entry_counts, ignored);
  std::ptrdiff_t next = 0;
  for (const std::uint32_t place : round.arrived_places) {
    const std::ptrdiff_t count = new_begin[place + std::size_t{1}] - new_begin[place];
    std::copy_n(arrived.begin() + next, count, result.begin() + new_begin[place]);
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
    Departing round;
    round.row_counts.assign(static_cast<std::size_t>(comm.size()), 0);
    round.entry_counts.assign(static_cast<std::size_t>(comm.size()), 0);
    for (; next < stop; ++next) {
      const auto [rank, i] = leaving[next];
      round.rows.push_back(i);
      round.places.push_back(static_cast<std::uint32_t>(place[i] - result.partition.begin(rank)));
      ++round.row_counts[static_cast<std::size_t>(rank)];
      round.entry_counts[static_cast<std::size_t>(rank)] += lengths[i];
    }
    std::vector<std::int64_t> ignored;
    round.arrived_places = comm.all_to_all(std::span<const std::uint32_t>(round.places), round.row_counts, ignored);
    // One after the other: less is in two places at once.
    send_entries<CompactIndex>(comm, round, rows.begin, rows.columns, result.begin, result.columns);
    send_entries<Real>(comm, round, rows.begin, rows.values, result.begin, result.values);
  }
  rows = {};
  return result;
}

template SparseRows<float> delivered(const Communicator&, SparseRows<float>&&, std::span<const GlobalIndex>,
                                     const RowExchange&);
template SparseRows<double> delivered(const Communicator&, SparseRows<double>&&, std::span<const GlobalIndex>,
                                      const RowExchange&);

}  // namespace distsne
