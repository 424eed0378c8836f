/// Making the plans for moving rows, and moving rows by them.
#include "mpi/row_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace distsne {
namespace {

/// Rows sorted by their owner, keeping their order otherwise: positions in `rows`, and how many each owner has.
struct ByOwner {
  std::vector<std::uint32_t> position;
  std::vector<RankCount> parts;
};

ByOwner sort_by_owner(const RowPartition& owners, std::span<const GlobalIndex> rows) {
  ByOwner result;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(owners.ranks()), 0);
  std::vector<Rank> owner(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    owner[i] = owners.owner(rows[i]);
    ++counts[static_cast<std::size_t>(owner[i])];
  }
  result.parts = nonzero_counts(counts);
  std::vector<std::size_t> next(counts.size(), 0);
  std::exclusive_scan(counts.begin(), counts.end(), next.begin(), std::size_t{0});
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

std::size_t total(std::span<const RankCount> parts) {
  std::size_t sum = 0;
  for (const RankCount& part : parts) {
    sum += static_cast<std::size_t>(part.count);
  }
  return sum;
}

std::size_t total_of(std::span<const RankCount> parts, Rank rank) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const RankCount& part) { return part.rank == rank; });
  return found == parts.end() ? 0 : static_cast<std::size_t>(found->count);
}

/// Collective. What the ranks have for this one of what they send, in rank order.
std::vector<GlobalIndex> sent_here(const Communicator& comm, const std::vector<GlobalIndex>& sent,
                                   std::span<const RankCount> to, std::vector<RankCount>& from) {
  from = comm.announce(to);
  std::vector<GlobalIndex> arrived(total(from));
  comm.sparse_all_to_all(std::as_bytes(std::span(sent)), to, std::as_writable_bytes(std::span(arrived)), from,
                         sizeof(GlobalIndex));
  return arrived;
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
  const std::vector<GlobalIndex> departing = sent_here(comm, picked(wanted, sorted.position), sorted.parts, plan.to_);
  plan.departing_ = local_rows(departing, owners.begin(comm.rank()));
  plan.from_ = std::move(sorted.parts);
  plan.place_ = std::move(sorted.position);
  plan.arriving_ = wanted.size();
  plan.leaving_ = plan.departing_.size() - total_of(plan.to_, comm.rank());
  drop_if_in_order(plan.place_);
  return plan;
}

RowExchange RowExchange::deliver(const Communicator& comm, const RowPartition& owners,
                                 std::span<const GlobalIndex> target) {
  ByOwner sorted = sort_by_owner(owners, target);
  RowExchange plan;
  const std::vector<GlobalIndex> arriving = sent_here(comm, picked(target, sorted.position), sorted.parts, plan.from_);
  plan.to_ = std::move(sorted.parts);
  plan.arriving_ = arriving.size();
  plan.leaving_ = target.size() - total_of(plan.to_, comm.rank());
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
  // Long rows travel in parts: what is under way is then small beside the rows themselves.
  constexpr std::size_t short_row = 64;
  constexpr std::size_t most_parts = 8;
  const std::size_t parts =
      place_.empty() ? 1 : std::clamp<std::size_t>(divide_up(row_bytes, short_row), 1, most_parts);
  AlignedVector<std::byte> packed;
  AlignedVector<std::byte> arrived;
  const std::size_t widest = divide_up(row_bytes, parts);
  packed.reserve(departing_.size() * widest);
  arrived.reserve(place_.empty() ? 0 : arriving_ * widest);
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t begin = row_bytes * part / parts;
    const std::size_t width = row_bytes * (part + 1) / parts - begin;
    packed.resize(departing_.size() * width);
    copy_rows(
        departing_.size(), width, [&](std::size_t i) { return packed.data() + i * width; },
        [&](std::size_t i) { return own.data() + static_cast<std::size_t>(departing_[i]) * row_bytes + begin; });
    if (place_.empty()) {
      comm.sparse_all_to_all(packed, to_, out, from_, width);
      return;
    }
    arrived.resize(arriving_ * width);
    comm.sparse_all_to_all(packed, to_, arrived, from_, width);
    copy_rows(
        arriving_, width, [&](std::size_t i) { return out.data() + place_[i] * row_bytes + begin; },
        [&](std::size_t i) { return arrived.data() + i * width; });
  }
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

}  // namespace distsne
