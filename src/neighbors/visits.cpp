/// Visits to lists on this rank directly, to lists on other ranks by messages.
#include "neighbors/visits.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "distsne/base/parallel.hpp"

namespace distsne {
namespace {

/// Appends plain values to a message, and takes them out again.
class Message {
 public:
  template <class T>
  void put(const T& value) {
    put_all(std::span<const T>(&value, 1));
  }
  template <class T>
  void put_all(std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    data.insert(data.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::byte> data;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> data) : data_(data) {}
  template <class T>
  T take() {
    T value;
    take_all(std::span<T>(&value, 1));
    return value;
  }
  template <class T>
  void take_all(std::span<T> values) {
    std::memcpy(values.data(), data_.data() + at_, values.size_bytes());
    at_ += values.size_bytes();
  }
  [[nodiscard]] bool done() const { return at_ == data_.size(); }

 private:
  std::span<const std::byte> data_;
  std::size_t at_ = 0;
};

/// The ranks [first, last] that hold pieces of a list.
std::pair<Rank, Rank> holders(const InvertedLists& lists, LocalIndex list) {
  const RowPartition& partition = lists.rows.partition;
  const auto l = static_cast<std::size_t>(list);
  return {partition.owner(lists.begin[l]), partition.owner(lists.begin[l + 1] - 1)};
}

/// Scans what this rank holds of the lists that a group visits.
double scan_visits(const InvertedLists& lists, const SearchMode& mode, std::vector<NearestList>& nearest,
                   const std::vector<QueryGroup::Visit>& visits) {
  double distances = 0.0;
  std::vector<NearestList*> queries;
  for (const QueryGroup::Visit& visit : visits) {
    if (visit.list < lists.first_list || visit.list >= lists.first_list + lists.pieces()) {
      continue;
    }
    queries.clear();
    for (const std::uint16_t q : visit.queries) {
      queries.push_back(&nearest[q]);
    }
    distances += scan_piece(lists, mode, visit.list, queries);
  }
  return distances;
}

/// The visits of a group that lead to one rank, with the queries that make them numbered anew.
void put_group(const InvertedLists& lists, std::int32_t index, const QueryGroup& group,
               const std::vector<const QueryGroup::Visit*>& visits, Message& message) {
  constexpr std::uint16_t absent = std::numeric_limits<std::uint16_t>::max();
  std::vector<std::uint16_t> number(group.nearest.size(), absent);
  std::vector<std::uint16_t> travellers;
  for (const QueryGroup::Visit* visit : visits) {
    for (const std::uint16_t q : visit->queries) {
      if (number[q] == absent) {
        number[q] = static_cast<std::uint16_t>(travellers.size());
        travellers.push_back(q);
      }
    }
  }
  message.put(index);
  message.put(static_cast<std::int32_t>(travellers.size()));
  message.put(static_cast<std::int32_t>(visits.size()));
  message.put_all(std::span<const std::uint16_t>(travellers));
  for (const std::uint16_t q : travellers) {
    const NearestList& query = group.nearest[q];
    message.put(query.reach);
    message.put(query.norm);
    message.put(query.self);
    message.put(query.keep);
    message.put_all(std::span<const float>(query.row, static_cast<std::size_t>(lists.rows.columns)));
  }
  for (const QueryGroup::Visit* visit : visits) {
    message.put(visit->list);
    message.put(static_cast<std::int32_t>(visit->queries.size()));
    for (const std::uint16_t q : visit->queries) {
      message.put(number[q]);
    }
  }
}

/// One group of another rank while it is here.
struct Guest {
  std::int32_t index = 0;  // of the group at home
  std::vector<std::uint16_t> travellers;
  std::vector<float> rows;
  QueryGroup group;
  double distances = 0.0;
  Message answer;
};

Guest take_group(const InvertedLists& lists, Reader& reader, KeyStore& store) {
  const auto index = reader.take<std::int32_t>();
  const auto queries = static_cast<std::size_t>(reader.take<std::int32_t>());
  const auto visits = static_cast<std::size_t>(reader.take<std::int32_t>());
  const auto columns = static_cast<std::size_t>(lists.rows.columns);
  std::vector<std::uint16_t> travellers(queries);
  reader.take_all(std::span<std::uint16_t>(travellers));
  std::vector<float> rows(queries * columns);
  std::vector<NearestList> taken(queries);
  for (std::size_t q = 0; q < queries; ++q) {
    taken[q].reach = reader.take<float>();
    taken[q].norm = reader.take<float>();
    taken[q].self = reader.take<CompactIndex>();
    taken[q].keep = reader.take<std::uint32_t>();
    reader.take_all(std::span<float>(rows).subspan(q * columns, columns));
  }
  Guest guest{index, std::move(travellers), std::move(rows),
              QueryGroup(queries, static_cast<LocalIndex>(taken.front().keep), store), 0.0, {}};
  for (std::size_t q = 0; q < queries; ++q) {
    NearestList& query = guest.group.nearest[q];
    query.reach = taken[q].reach;
    query.norm = taken[q].norm;
    query.self = taken[q].self;
    query.row = guest.rows.data() + q * columns;
  }
  for (std::size_t v = 0; v < visits; ++v) {
    QueryGroup::Visit& visit = guest.group.visits.emplace_back();
    visit.list = reader.take<LocalIndex>();
    visit.queries.resize(static_cast<std::size_t>(reader.take<std::int32_t>()));
    reader.take_all(std::span<std::uint16_t>(visit.queries));
  }
  return guest;
}

/// Scans for a guest and writes what it takes home: for each of its queries, keys and squared distances by differences.
void serve(const InvertedLists& lists, const SearchMode& mode, Guest& guest) {
  guest.distances = scan_visits(lists, mode, guest.group.nearest, guest.group.visits);
  const auto total = static_cast<std::uint64_t>(lists.rows.rows());
  guest.answer.put(guest.index);
  guest.answer.put(static_cast<std::int32_t>(guest.travellers.size()));
  for (std::size_t q = 0; q < guest.travellers.size(); ++q) {
    NearestList& query = guest.group.nearest[q];
    query.cut();
    guest.answer.put(guest.travellers[q]);
    guest.answer.put(query.count);
    for (std::uint32_t i = 0; i < query.count; ++i) {
      const std::uint64_t row = (query.self + std::uint64_t{key_tie(query.keys[i])}) % total;
      const auto local = static_cast<LocalIndex>(static_cast<GlobalIndex>(row) - lists.rows.first_row());
      guest.answer.put(query.keys[i]);
      guest.answer.put(
          squared_distance(query.row, lists.rows.row(local).data(), static_cast<std::size_t>(lists.rows.columns)));
    }
  }
}

void take_answers(std::span<const std::byte> data, std::vector<QueryGroup>& groups) {
  Reader reader(data);
  while (!reader.done()) {
    QueryGroup& group = groups[static_cast<std::size_t>(reader.take<std::int32_t>())];
    const auto queries = reader.take<std::int32_t>();
    for (std::int32_t t = 0; t < queries; ++t) {
      const auto q = reader.take<std::uint16_t>();
      const auto count = reader.take<std::uint32_t>();
      for (std::uint32_t i = 0; i < count; ++i) {
        const auto key = reader.take<DistanceKey>();
        const auto distance = reader.take<float>();
        if (key_distance(key) <= group.nearest[q].reach) {
          group.nearest[q].add(key);
          group.remote[q].emplace_back(key, distance);
        }
      }
    }
  }
}

/// Messages to all ranks one after the other, exchanged.
std::vector<std::byte> exchange(const Communicator& comm, std::vector<Message>& messages,
                                std::vector<std::int64_t>& received_bytes) {
  std::vector<std::byte> all;
  std::vector<std::int64_t> bytes;
  for (Message& message : messages) {
    bytes.push_back(static_cast<std::int64_t>(message.data.size()));
    all.insert(all.end(), message.data.begin(), message.data.end());
    message.data = {};
  }
  return comm.all_to_all(std::span<const std::byte>(all), bytes, received_bytes);
}

}  // namespace

DistanceKey* KeyStore::take(std::size_t count) {
  constexpr std::size_t least_chunk = std::size_t{1} << 20U;
  while (chunk_ < chunks_.size() && used_ + count > chunks_[chunk_].size) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t size = std::max(count, least_chunk);
    chunks_.push_back({std::make_unique_for_overwrite<DistanceKey[]>(size), size});
  }
  DistanceKey* const keys = chunks_[chunk_].keys.get() + used_;
  used_ += count;
  return keys;
}

QueryGroup::QueryGroup(std::size_t queries, LocalIndex keep, KeyStore& store) : nearest(queries), remote(queries) {
  const auto kept = static_cast<std::size_t>(keep);
  const std::size_t capacity = kept + std::max<std::size_t>(64, kept);
  DistanceKey* keys = store.take(queries * capacity);
  for (NearestList& query : nearest) {
    query.keys = keys;
    query.capacity = static_cast<std::uint32_t>(capacity);
    query.keep = static_cast<std::uint32_t>(keep);
    query.reach = std::numeric_limits<float>::max();
    keys += capacity;
  }
}

double scan_piece(const InvertedLists& lists, const SearchMode& mode, LocalIndex list,
                  std::span<NearestList* const> queries) {
  const auto piece = static_cast<std::size_t>(list - lists.first_list);
  const LocalIndex begin = lists.piece_begin[piece];
  Scan task;
  task.block = lists.packed.block(piece);
  task.rows = lists.rows.values.data() + static_cast<std::size_t>(begin) * task.block.columns;
  task.first = static_cast<CompactIndex>(lists.rows.first_row() + begin);
  task.total_rows = lists.rows.rows();
  task.distance = mode.distance;
  task.error = mode.error;
  scan(task, queries);
  return static_cast<double>(queries.size()) * static_cast<double>(task.block.count);
}

void make_visits(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode,
                 std::vector<QueryGroup>& groups, KeyStore& guest_keys, double& distances) {
  const Rank me = comm.rank();
  std::vector<Message> requests(static_cast<std::size_t>(comm.size()));
  if (comm.size() > 1) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      std::vector<std::pair<Rank, const QueryGroup::Visit*>> away;
      for (const QueryGroup::Visit& visit : groups[g].visits) {
        const auto [first, last] = holders(lists, visit.list);
        for (Rank r = first; r <= last; ++r) {
          if (r != me) {
            away.emplace_back(r, &visit);
          }
        }
      }
      std::stable_sort(away.begin(), away.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      for (auto at = away.begin(); at != away.end();) {
        const Rank target = at->first;
        std::vector<const QueryGroup::Visit*> visits;
        for (; at != away.end() && at->first == target; ++at) {
          visits.push_back(at->second);
        }
        put_group(lists, narrow<std::int32_t>(g), groups[g], visits, requests[static_cast<std::size_t>(target)]);
      }
    }
  }
  std::vector<double> computed(groups.size(), 0.0);
  parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
    QueryGroup& group = groups[static_cast<std::size_t>(g)];
    computed[static_cast<std::size_t>(g)] = scan_visits(lists, mode, group.nearest, group.visits);
    group.visits.clear();
  });
  distances = std::accumulate(computed.begin(), computed.end(), distances);
  if (comm.size() == 1) {
    return;
  }

  std::vector<std::int64_t> received_bytes;
  const std::vector<std::byte> received = exchange(comm, requests, received_bytes);
  guest_keys.clear();
  std::vector<Guest> guests;
  std::vector<Rank> home;
  std::size_t offset = 0;
  for (Rank r = 0; r < comm.size(); ++r) {
    const auto bytes = static_cast<std::size_t>(received_bytes[static_cast<std::size_t>(r)]);
    Reader reader(std::span<const std::byte>(received).subspan(offset, bytes));
    while (!reader.done()) {
      guests.push_back(take_group(lists, reader, guest_keys));
      home.push_back(r);
    }
    offset += bytes;
  }
  parallel_for(static_cast<std::int64_t>(guests.size()),
               [&](std::int64_t g) { serve(lists, mode, guests[static_cast<std::size_t>(g)]); });
  std::vector<Message> answers(static_cast<std::size_t>(comm.size()));
  for (std::size_t g = 0; g < guests.size(); ++g) {
    answers[static_cast<std::size_t>(home[g])].put_all(std::span<const std::byte>(guests[g].answer.data));
    distances += guests[g].distances;
  }
  take_answers(exchange(comm, answers, received_bytes), groups);
}

}  // namespace distsne
