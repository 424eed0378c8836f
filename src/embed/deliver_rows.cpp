/// Rows that stay are copied, rows that leave travel in rounds of bounded size.
#include "embed/deliver_rows.hpp"

#include <algorithm>
#include <numeric>

#include "base/parallel.hpp"

namespace distsne {
namespace {

constexpr std::int64_t entries_per_round = 1 << 23;
constexpr std::int64_t rows_per_piece = 512;

/// Rows that leave for other ranks in one round, sorted by rank.
struct Departing {
  std::vector<std::uint32_t> rows;            // local
  std::vector<std::int64_t> entry_counts;     // per rank
  std::vector<std::uint32_t> arrived_places;  // of the rows that come here, local
};

/// Where every row goes, and where entries begin here before and after.
struct Moves {
  std::span<const GlobalIndex> place;  // of each row of this rank
  GlobalIndex first = 0;               // places of this rank
  GlobalIndex end = 0;
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> new_begin;
  std::vector<Departing> rounds;

  [[nodiscard]] bool stays(std::size_t row) const { return place[row] >= first && place[row] < end; }
  [[nodiscard]] std::int64_t entries(std::size_t row) const { return begin[row + 1] - begin[row]; }
};

/// Collective. Splits the rows that leave into rounds, and tells the ranks where they go.
std::vector<Departing> planned_rounds(const Communicator& comm, const RowPartition& partition, const Moves& moves) {
  std::vector<Departing> rounds;
  if (comm.size() == 1) {
    return rounds;
  }
  std::size_t next = 0;
  while (comm.max(std::int64_t{next < moves.place.size() ? 1 : 0}) != 0) {
    std::vector<std::pair<Rank, std::uint32_t>> leaving;
    for (std::int64_t entries = 0; next < moves.place.size() && entries < entries_per_round; ++next) {
      if (!moves.stays(next)) {
        leaving.emplace_back(partition.owner(moves.place[next]), static_cast<std::uint32_t>(next));
        entries += moves.entries(next);
      }
    }
    std::sort(leaving.begin(), leaving.end());
    Departing& round = rounds.emplace_back();
    round.entry_counts.assign(static_cast<std::size_t>(comm.size()), 0);
    std::vector<std::int64_t> row_counts(round.entry_counts.size(), 0);
    std::vector<std::uint32_t> places;
    for (const auto& [rank, row] : leaving) {
      round.rows.push_back(row);
      places.push_back(static_cast<std::uint32_t>(moves.place[row] - partition.begin(rank)));
      ++row_counts[static_cast<std::size_t>(rank)];
      round.entry_counts[static_cast<std::size_t>(rank)] += moves.entries(row);
    }
    std::vector<std::int64_t> ignored;
    round.arrived_places = comm.all_to_all(std::span<const std::uint32_t>(places), row_counts, ignored);
  }
  return rounds;
}

/// Collective. Sends one value of each entry of the rows of a round, and puts what arrives into its places.
template <class T>
void send_entries(const Communicator& comm, const Departing& round, const Moves& moves, const UnsetVector<T>& values,
                  UnsetVector<T>& result) {
  std::vector<T> departing;
  departing.reserve(
      static_cast<std::size_t>(std::accumulate(round.entry_counts.begin(), round.entry_counts.end(), std::int64_t{0})));
  for (const std::size_t row : round.rows) {
    departing.insert(departing.end(), values.begin() + moves.begin[row], values.begin() + moves.begin[row + 1]);
  }
  std::vector<std::int64_t> ignored;
  const std::vector<T> arrived = comm.all_to_all(std::span<const T>(departing), round.entry_counts, ignored);
  std::ptrdiff_t next = 0;
  for (const std::uint32_t place : round.arrived_places) {
    const std::ptrdiff_t count = moves.new_begin[place + std::size_t{1}] - moves.new_begin[place];
    std::copy_n(arrived.begin() + next, count, result.begin() + moves.new_begin[place]);
    next += count;
  }
}

/// Collective. Moves one value of each entry.
template <class T>
void move_entries(const Communicator& comm, const Moves& moves, UnsetVector<T>& values) {
  auto result = unset_entries<T>(static_cast<std::size_t>(moves.new_begin.back()));
  const auto count = static_cast<std::int64_t>(moves.place.size());
  parallel_for(divide_up(count, rows_per_piece), [&](std::int64_t piece) {
    const std::int64_t end = std::min(count, (piece + 1) * rows_per_piece);
    for (auto i = static_cast<std::size_t>(piece * rows_per_piece); i < static_cast<std::size_t>(end); ++i) {
      if (moves.stays(i)) {
        std::copy_n(values.begin() + moves.begin[i], moves.entries(i),
                    result.begin() + moves.new_begin[static_cast<std::size_t>(moves.place[i] - moves.first)]);
      }
    }
  });
  for (const Departing& round : moves.rounds) {
    send_entries<T>(comm, round, moves, values, result);
  }
  values = std::move(result);
}

}  // namespace

template <class Real>
SparseRows<Real> delivered(const Communicator& comm, SparseRows<Real>&& rows, std::span<const GlobalIndex> place,
                           const RowExchange& plan) {
  SparseRows<Real> result;
  result.partition = RowPartition(rows.partition.rows(), comm.size());
  result.rank = comm.rank();
  std::vector<std::int64_t> lengths(place.size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    lengths[i] = rows.begin[i + 1] - rows.begin[i];
  }
  result.begin.assign(plan.arriving() + 1, 0);
  plan.move(comm, std::span<const std::int64_t>(lengths), 1, std::span<std::int64_t>(result.begin).subspan(1));
  std::inclusive_scan(result.begin.begin(), result.begin.end(), result.begin.begin());

  Moves moves{place,
              result.first_row(),
              result.first_row() + result.local_rows(),
              std::move(rows.begin),
              std::move(result.begin),
              {}};
  moves.rounds = planned_rounds(comm, result.partition, moves);
  // One after the other: less is in two places at once.
  move_entries(comm, moves, rows.columns);
  move_entries(comm, moves, rows.values);
  result.begin = std::move(moves.new_begin);
  result.columns = std::move(rows.columns);
  result.values = std::move(rows.values);
  rows = {};
  return result;
}

template SparseRows<float> delivered(const Communicator&, SparseRows<float>&&, std::span<const GlobalIndex>,
                                     const RowExchange&);
template SparseRows<double> delivered(const Communicator&, SparseRows<double>&&, std::span<const GlobalIndex>,
                                      const RowExchange&);

}  // namespace distsne
