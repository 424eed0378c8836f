/// Making the plans for moving rows, and moving rows by them.
#include "distsne/mpi/row_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace distsne {
namespace {

/// Rows sorted by their owner, keeping their order otherwise: positions in `rows`, and counts per rank.
struct ByOwner {
  std::vector<std::uint32_t> position;
  std::vector<std::int64_t> counts;
};

ByOwner sort_by_owner(const RowPartition& owners, std::span<const GlobalIndex> rows) {
  ByOwner result;
  result.counts.assign(static_cast<std::size_t>(owners.ranks()), 0);
  std::vector<Rank> owner(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    owner[i] = owners.owner(rows[i]);
    ++result.counts[static_cast<std::size_t>(owner[i])];
  }
  std::vector<std::size_t> next(result.counts.size(), 0);
  std::exclusive_scan(result.counts.begin(), result.counts.end(), next.begin(), std::size_t{0});
  result.position.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result.position[next[static_cast<std::size_t>(owner[i])]++] = narrow<std::uint32_t>(i);
  }
  return result;
}

template <class T>
std::vector<T> picked(std::span<const T> values, const std::vector<std::uint32_t>& positions) {
  std::vector<T> result;
  result.reserve(positions.size());
  for (const std::uint32_t position : positions) {
    result.push_back(values[position]);
  }
  return result;
}

std::vector<LocalIndex> local_rows(const std::vector<GlobalIndex>& rows, GlobalIndex first) {
  std::vector<LocalIndex> result;
  result.reserve(rows.size());
  for (const GlobalIndex row : rows) {
    result.push_back(narrow<LocalIndex>(row - first));
  }
  return result;
}

/// Empty when every row is at its place already.
void drop_if_in_order(std::vector<std::uint32_t>& place) {
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] != i) {
      return;
    }
  }
  place = {};
}

}  // namespace

RowExchange RowExchange::fetch(const Communicator& comm, const RowPartition& owners,
                               std::span<const GlobalIndex> wanted) {
  ByOwner sorted = sort_by_owner(owners, wanted);
  RowExchange plan;
  const auto own = static_cast<std::size_t>(comm.rank());
  const std::vector<GlobalIndex> requests = picked(wanted, sorted.position);
  const std::vector<GlobalIndex> departing =
      comm.all_to_all(std::span<const GlobalIndex>(requests), sorted.counts, plan.send_counts_);
  plan.departing_ = local_rows(departing, owners.begin(comm.rank()));
  plan.receive_counts_ = std::move(sorted.counts);
  plan.place_ = std::move(sorted.position);
  plan.arriving_ = wanted.size();
  plan.leaving_ = plan.departing_.size() - static_cast<std::size_t>(plan.send_counts_[own]);
  drop_if_in_order(plan.place_);
  return plan;
}

RowExchange RowExchange::deliver(const Communicator& comm, const RowPartition& owners,
                                 std::span<const GlobalIndex> target) {
  ByOwner sorted = sort_by_owner(owners, target);
  RowExchange plan;
  const auto own = static_cast<std::size_t>(comm.rank());
  const std::vector<GlobalIndex> targets = picked(target, sorted.position);
  const std::vector<GlobalIndex> arriving =
      comm.all_to_all(std::span<const GlobalIndex>(targets), sorted.counts, plan.receive_counts_);
  plan.send_counts_ = std::move(sorted.counts);
  plan.arriving_ = arriving.size();
  plan.leaving_ = target.size() - static_cast<std::size_t>(plan.send_counts_[own]);
  plan.departing_.reserve(sorted.position.size());
  for (const std::uint32_t position : sorted.position) {
    plan.departing_.push_back(narrow<LocalIndex>(position));
  }
  for (const LocalIndex place : local_rows(arriving, owners.begin(comm.rank()))) {
    plan.place_.push_back(narrow<std::uint32_t>(place));
  }
  drop_if_in_order(plan.place_);
  return plan;
}

namespace {

/// to(i) = from(i) for rows of a width that is known when compiling, where it is a usual one: a copy of few bytes whose
/// number is not known costs several times more.
template <class To, class From>
void copy_rows(std::size_t count, std::size_t row_bytes, const To& to, const From& from) {
  const auto copy = [&](auto bytes) {
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(to(i), from(i), bytes);
    }
  };
  switch (row_bytes) {
    case 4:
      return copy(std::integral_constant<std::size_t, 4>{});
    case 8:
      return copy(std::integral_constant<std::size_t, 8>{});
    case 12:
      return copy(std::integral_constant<std::size_t, 12>{});
    case 16:
      return copy(std::integral_constant<std::size_t, 16>{});
    default:
      return copy(row_bytes);
  }
}

}  // namespace

void RowExchange::move_bytes(const Communicator& comm, std::span<const std::byte> own, std::size_t row_bytes,
                             std::span<std::byte> out) const {
  AlignedVector<std::byte> packed(departing_.size() * row_bytes);
  copy_rows(
      departing_.size(), row_bytes, [&](std::size_t i) { return packed.data() + i * row_bytes; },
      [&](std::size_t i) { return own.data() + static_cast<std::size_t>(departing_[i]) * row_bytes; });
  const auto in_bytes = [row_bytes](std::vector<std::int64_t> counts) {
    for (std::int64_t& count : counts) {
      count *= static_cast<std::int64_t>(row_bytes);
    }
    return counts;
  };
  if (place_.empty()) {
    comm.all_to_all_bytes(packed, in_bytes(send_counts_), out, in_bytes(receive_counts_));
    return;
  }
  AlignedVector<std::byte> arrived(arriving_ * row_bytes);
  comm.all_to_all_bytes(packed, in_bytes(send_counts_), arrived, in_bytes(receive_counts_));
  copy_rows(
      arriving_, row_bytes, [&](std::size_t i) { return out.data() + place_[i] * row_bytes; },
      [&](std::size_t i) { return arrived.data() + i * row_bytes; });
}

bool names_every_row_once(const Communicator& comm, const RowPartition& partition, std::span<const GlobalIndex> named) {
  const bool in_range =
      std::all_of(named.begin(), named.end(), [&](GlobalIndex row) { return row >= 0 && row < partition.rows(); });
  if (comm.min(std::int64_t{in_range ? 1 : 0}) == 0) {
    return false;
  }
  // As many come to each rank as it has rows, and none of those stays unmet.
  std::vector<std::int64_t> counts(static_cast<std::size_t>(comm.size()), 0);
  std::vector<GlobalIndex> sorted(named.begin(), named.end());
  std::sort(sorted.begin(), sorted.end());
  for (const GlobalIndex row : sorted) {
    ++counts[static_cast<std::size_t>(partition.owner(row))];
  }
  std::vector<std::int64_t> ignored;
  std::vector<GlobalIndex> met = comm.all_to_all(std::span<const GlobalIndex>(sorted), counts, ignored);
  std::sort(met.begin(), met.end());
  bool once = met.size() == static_cast<std::size_t>(partition.size(comm.rank()));
  for (std::size_t i = 0; i < met.size() && once; ++i) {
    once = met[i] == partition.begin(comm.rank()) + static_cast<GlobalIndex>(i);
  }
  return comm.min(std::int64_t{once ? 1 : 0}) == 1;
}

std::vector<GlobalIndex> rows_of_others(const RowPartition& owners, Rank rank, std::span<const CompactIndex> named) {
  constexpr std::size_t least_gathered = 65536;
  const GlobalIndex first = owners.begin(rank);
  const GlobalIndex end = owners.end(rank);
  std::vector<GlobalIndex> others;
  std::size_t settled = 0;
  const auto settle = [&] {
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    settled = others.size();
  };
  for (const CompactIndex row : named) {
    if (row < first || row >= end) {
      others.push_back(row);
      if (others.size() > 2 * settled + least_gathered) {  // most rows are named again and again
        settle();
      }
    }
  }
  settle();
  return others;
}

}  // namespace distsne
