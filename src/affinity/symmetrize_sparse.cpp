/// The distributed transpose of sparse rows: every entry is sent to the row it points to, and merged there.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <tuple>

#include "affinity/neighbor_distances.hpp"
#include "affinity/row_groups.hpp"
#include "affinity/symmetrize.hpp"
#include "base/parallel.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

constexpr std::int64_t entries_per_round = 1 << 22;  // of each rank; bounds the memory of what travels

/// An entry on its way: p_j|i becomes an entry of row j, column i.
template <class Real>
struct SentEntry {
  CompactIndex row;     // local on the rank it goes to
  CompactIndex column;  // global
  Real value;
};

/// Entries that arrived for the rows of this rank, with rising columns within each row.
template <class Real>
struct Arrived {
  std::vector<std::int64_t> begin;
  UnsetVector<CompactIndex> columns;
  UnsetVector<Real> values;
};

/// Calls take(make(row, entry, rank)) for every entry of every row, on the rank that owns the row that the entry points
/// to: at once where that is this rank, else after a journey in rounds. In no certain order, from all threads.
template <class T, class Real, class Make, class Take>
void send_entries(const Communicator& comm, const SparseRows<Real>& rows, const Make& make, const Take& take) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  const LocalIndex count = rows.local_rows();
  const GlobalIndex own_begin = rows.first_row();
  const GlobalIndex own_end = own_begin + count;
  const auto stays = [&](std::size_t e) { return rows.columns[e] >= own_begin && rows.columns[e] < own_end; };
  const auto for_entries = [&](LocalIndex first, LocalIndex end, const auto& work) {
    for (LocalIndex i = first; i < end; ++i) {
      const auto stop = static_cast<std::size_t>(rows.begin[static_cast<std::size_t>(i) + 1]);
      for (auto e = static_cast<std::size_t>(rows.begin[static_cast<std::size_t>(i)]); e < stop; ++e) {
        work(i, e);
      }
    }
  };
  for_row_groups(static_cast<std::size_t>(count), [&](std::size_t first, std::size_t end) {
    for_entries(static_cast<LocalIndex>(first), static_cast<LocalIndex>(end), [&](LocalIndex i, std::size_t e) {
      if (stays(e)) {
        take(make(i, e, comm.rank()));
      }
    });
  });
  stop_if_asked(comm);
  if (ranks == 1) {
    return;
  }
  LocalIndex next = 0;
  std::vector<T> send;
  while (comm.max(std::int64_t{next < count ? 1 : 0}) != 0) {
    stop_if_asked(comm);
    const LocalIndex first = next;
    const std::int64_t stop = rows.begin[static_cast<std::size_t>(first)] + entries_per_round;
    while (next < count && rows.begin[static_cast<std::size_t>(next) + 1] <=
                               std::max(stop, rows.begin[static_cast<std::size_t>(first) + 1])) {
      ++next;
    }
    std::vector<std::int64_t> counts(ranks, 0);
    std::vector<Rank> owners;
    for_entries(first, next, [&](LocalIndex, std::size_t e) {
      if (!stays(e)) {
        owners.push_back(rows.partition.owner(rows.columns[e]));
        ++counts[static_cast<std::size_t>(owners.back())];
      }
    });
    std::vector<std::size_t> place(ranks, 0);
    std::exclusive_scan(counts.begin(), counts.end(), place.begin(), std::size_t{0});
    send.resize(owners.size());
    std::size_t leaving = 0;
    for_entries(first, next, [&](LocalIndex i, std::size_t e) {
      if (!stays(e)) {
        const Rank to = owners[leaving++];
        send[place[static_cast<std::size_t>(to)]++] = make(i, e, to);
      }
    });
    std::vector<std::int64_t> received_counts;
    const std::vector<T> received = comm.all_to_all(std::span<const T>(send), counts, received_counts);
    constexpr std::int64_t piece = 65536;
    const auto total = static_cast<std::int64_t>(received.size());
    parallel_for(divide_up(total, piece), [&](std::int64_t index) {
      for (std::int64_t e = index * piece; e < std::min(total, (index + 1) * piece); ++e) {
        take(received[static_cast<std::size_t>(e)]);
      }
    });
  }
}

/// Sorts the entries of a row by column.
template <class Real>
void sort_row(Arrived<Real>& arrived, std::size_t row, std::vector<std::pair<CompactIndex, Real>>& scratch) {
  const auto begin = static_cast<std::size_t>(arrived.begin[row]);
  const auto end = static_cast<std::size_t>(arrived.begin[row + 1]);
  scratch.clear();
  for (std::size_t e = begin; e < end; ++e) {
    scratch.emplace_back(arrived.columns[e], arrived.values[e]);
  }
  std::sort(scratch.begin(), scratch.end());
  for (std::size_t e = begin; e < end; ++e) {
    arrived.columns[e] = scratch[e - begin].first;
    arrived.values[e] = scratch[e - begin].second;
  }
}

template <class Real>
Arrived<Real> transposed(const Communicator& comm, const SparseRows<Real>& rows) {
  const auto count = static_cast<std::size_t>(rows.local_rows());
  std::vector<std::int64_t> filled(count, 0);
  const auto local_row = [&](std::size_t e, Rank to) {
    return static_cast<CompactIndex>(rows.columns[e] - rows.partition.begin(to));
  };
  send_entries<CompactIndex>(
      comm, rows, [&](LocalIndex, std::size_t e, Rank to) { return local_row(e, to); },
      [&](CompactIndex row) { std::atomic_ref<std::int64_t>(filled[row]).fetch_add(1, std::memory_order_relaxed); });
  Arrived<Real> arrived;
  arrived.begin.assign(count + 1, 0);
  std::inclusive_scan(filled.begin(), filled.end(), arrived.begin.begin() + 1);
  arrived.columns.resize(static_cast<std::size_t>(arrived.begin.back()));
  arrived.values.resize(static_cast<std::size_t>(arrived.begin.back()));
  std::copy(arrived.begin.begin(), arrived.begin.end() - 1, filled.begin());
  send_entries<SentEntry<Real>>(
      comm, rows,
      [&](LocalIndex i, std::size_t e, Rank to) {
        return SentEntry<Real>{local_row(e, to), static_cast<CompactIndex>(rows.first_row() + i), rows.values[e]};
      },
      [&](const SentEntry<Real>& entry) {
        const auto to = static_cast<std::size_t>(
            std::atomic_ref<std::int64_t>(filled[entry.row]).fetch_add(1, std::memory_order_relaxed));
        arrived.columns[to] = entry.column;
        arrived.values[to] = entry.value;
      });
  for_row_groups(count, [&](std::size_t first, std::size_t end) {
    std::vector<std::pair<CompactIndex, Real>> scratch;
    for (std::size_t i = first; i < end; ++i) {
      sort_row(arrived, i, scratch);
    }
  });
  stop_if_asked(comm);
  return arrived;
}

/// Calls entry(column, own value or 0, arrived value or 0) for the columns of a row that are in either.
template <class Real, class Entry>
void merge_row(const SparseRows<Real>& own, const Arrived<Real>& arrived, std::size_t row, const Entry& entry) {
  auto a = static_cast<std::size_t>(own.begin[row]);
  const auto a_end = static_cast<std::size_t>(own.begin[row + 1]);
  auto b = static_cast<std::size_t>(arrived.begin[row]);
  const auto b_end = static_cast<std::size_t>(arrived.begin[row + 1]);
  while (a < a_end || b < b_end) {
    const bool take_a = b == b_end || (a < a_end && own.columns[a] <= arrived.columns[b]);
    const bool take_b = a == a_end || (b < b_end && arrived.columns[b] <= own.columns[a]);
    entry(take_a ? own.columns[a] : arrived.columns[b], take_a ? own.values[a] : Real{0},
          take_b ? arrived.values[b] : Real{0});
    a += take_a ? 1 : 0;
    b += take_b ? 1 : 0;
  }
}

/// Rows with what the other direction has as well: an entry becomes combine(own value or 0, arrived value or 0).
template <class Real, class Combine>
void add_transpose(const Communicator& comm, SparseRows<Real>& rows, const Combine& combine) {
  Arrived<Real> arrived = transposed(comm, rows);
  const auto count = static_cast<std::size_t>(rows.local_rows());
  SparseRows<Real> joint;
  joint.partition = rows.partition;
  joint.rank = rows.rank;
  joint.begin.assign(count + 1, 0);
  for_row_groups(count, [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      merge_row(rows, arrived, i, [&](CompactIndex, Real, Real) { ++joint.begin[i + 1]; });
    }
  });
  stop_if_asked(comm);
  std::inclusive_scan(joint.begin.begin(), joint.begin.end(), joint.begin.begin());
  joint.columns = unset_entries<CompactIndex>(static_cast<std::size_t>(joint.begin.back()));
  joint.values = unset_entries<Real>(static_cast<std::size_t>(joint.begin.back()));
  for_row_groups(
      count,
      [&](std::size_t first, std::size_t end) {
        auto to = static_cast<std::size_t>(joint.begin[first]);
        for (std::size_t i = first; i < end; ++i) {
          merge_row(rows, arrived, i, [&](CompactIndex column, Real own, Real other) {
            joint.columns[to] = column;
            joint.values[to++] = combine(own, other);
          });
        }
      },
      [&](std::size_t end) {
        const auto own = static_cast<std::size_t>(rows.begin[end]);
        const auto others = static_cast<std::size_t>(arrived.begin[end]);
        release_front(rows.columns, own);
        release_front(rows.values, own);
        release_front(arrived.columns, others);
        release_front(arrived.values, others);
      });
  stop_if_asked(comm);
  rows = std::move(joint);
}

}  // namespace

template <class Real>
void symmetrize(const Communicator& comm, SparseRows<Real>& rows) {
  const auto scale = static_cast<Real>(0.5 / static_cast<double>(rows.partition.rows()));
  add_transpose(comm, rows, [scale](Real own, Real other) { return (own + other) * scale; });
}

SparseRows<float> both_directions(const Communicator& comm, const NeighborGraph& graph) {
  SparseRows<float> rows;
  rows.partition = graph.partition;
  rows.rank = graph.rank;
  const auto count = static_cast<std::size_t>(graph.local_rows());
  const auto k = static_cast<std::size_t>(graph.k);
  rows.begin.resize(count + 1);
  rows.columns = unset_entries<CompactIndex>(count * k);
  rows.values = unset_entries<float>(count * k);
  for_row_groups(count, [&](std::size_t first, std::size_t end) {
    std::vector<std::pair<CompactIndex, float>> entries(k);
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t n = 0; n < k; ++n) {
        entries[n] = {graph.neighbors[i * k + n], graph.distances[i * k + n]};
      }
      std::sort(entries.begin(), entries.end());
      for (std::size_t n = 0; n < k; ++n) {
        std::tie(rows.columns[i * k + n], rows.values[i * k + n]) = entries[n];
      }
      rows.begin[i + 1] = static_cast<std::int64_t>((i + 1) * k);
    }
  });
  stop_if_asked(comm);
  // A distance is the same from either side, and 0 where a direction does not have it.
  add_transpose(comm, rows, [](float own, float other) { return std::max(own, other); });
  return rows;
}

template void symmetrize(const Communicator&, SparseRows<float>&);
template void symmetrize(const Communicator&, SparseRows<double>&);

}  // namespace distsne
