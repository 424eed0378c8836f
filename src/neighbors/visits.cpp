/// Visits to lists on this rank directly, to lists on other ranks by messages.
#include "neighbors/visits.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/parallel.hpp"
#include "neighbors/messages.hpp"

namespace distsne {
namespace {

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
  std::vector<std::uint16_t> sent_queries;
  for (const QueryGroup::Visit* visit : visits) {
    for (const std::uint16_t q : visit->queries) {
      if (number[q] == absent) {
        number[q] = static_cast<std::uint16_t>(sent_queries.size());
        sent_queries.push_back(q);
      }
    }
  }
  message.put(index);
  message.put(static_cast<std::int32_t>(sent_queries.size()));
  message.put(static_cast<std::int32_t>(visits.size()));
  message.put_all(std::span<const std::uint16_t>(sent_queries));
  for (const std::uint16_t q : sent_queries) {
    const NearestList& query = group.nearest[q];
    message.put(query.reach);
    message.put(query.norm);
    message.put(query.self);
    message.put(static_cast<std::uint32_t>(query.foreign ? 1 : 0));
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

/// What a group asks of each rank.
std::vector<Message> requests_of(const Communicator& comm, const InvertedLists& lists, std::int32_t index,
                                 const QueryGroup& group) {
  std::vector<std::pair<Rank, const QueryGroup::Visit*>> away;
  for (const QueryGroup::Visit& visit : group.visits) {
    const auto [first, last] = holders(lists, visit.list);
    for (Rank r = first; r <= last; ++r) {
      if (r != comm.rank()) {
        away.emplace_back(r, &visit);
      }
    }
  }
  std::stable_sort(away.begin(), away.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Message> requests(static_cast<std::size_t>(comm.size()));
  for (auto at = away.begin(); at != away.end();) {
    const Rank target = at->first;
    std::vector<const QueryGroup::Visit*> visits;
    for (; at != away.end() && at->first == target; ++at) {
      visits.push_back(at->second);
    }
    put_group(lists, index, group, visits, requests[static_cast<std::size_t>(target)]);
  }
  return requests;
}

/// One group of another rank while it is here.
struct RemoteGroup {
  std::int32_t index = 0;  // of the group at home
  std::vector<std::uint16_t> sent_queries;
  std::vector<float> rows;
  QueryGroup group;
  double distances = 0.0;
};

RemoteGroup take_group(const InvertedLists& lists, Reader& reader, KeyStore& store) {
  const auto index = reader.take<std::int32_t>();
  const auto queries = static_cast<std::size_t>(reader.take<std::int32_t>());
  const auto visits = static_cast<std::size_t>(reader.take<std::int32_t>());
  const auto columns = static_cast<std::size_t>(lists.rows.columns);
  std::vector<std::uint16_t> sent_queries(queries);
  reader.take_all(std::span<std::uint16_t>(sent_queries));
  std::vector<float> rows(queries * columns);
  std::vector<NearestList> taken(queries);
  for (std::size_t q = 0; q < queries; ++q) {
    taken[q].reach = reader.take<float>();
    taken[q].norm = reader.take<float>();
    taken[q].self = reader.take<CompactIndex>();
    taken[q].foreign = reader.take<std::uint32_t>() != 0;
    taken[q].keep = reader.take<std::uint32_t>();
    reader.take_all(std::span<float>(rows).subspan(q * columns, columns));
  }
  RemoteGroup remote_group{index, std::move(sent_queries), std::move(rows),
                           QueryGroup(queries, static_cast<LocalIndex>(taken.front().keep), store), 0.0};
  for (std::size_t q = 0; q < queries; ++q) {
    NearestList& query = remote_group.group.nearest[q];
    query.reach = taken[q].reach;
    query.norm = taken[q].norm;
    query.self = taken[q].self;
    query.foreign = taken[q].foreign;
    query.row = remote_group.rows.data() + q * columns;
  }
  for (std::size_t v = 0; v < visits; ++v) {
    QueryGroup::Visit& visit = remote_group.group.visits.emplace_back();
    visit.list = reader.take<LocalIndex>();
    visit.queries.resize(static_cast<std::size_t>(reader.take<std::int32_t>()));
    reader.take_all(std::span<std::uint16_t>(visit.queries));
  }
  return remote_group;
}

/// Scans for a group of another rank and writes what goes back to it: for each of its queries, keys and squared
/// distances by differences.
void serve(const InvertedLists& lists, const SearchMode& mode, RemoteGroup& remote_group, Message& answer) {
  remote_group.distances = scan_visits(lists, mode, remote_group.group.nearest, remote_group.group.visits);
  const auto total = static_cast<std::uint64_t>(lists.rows.rows());
  std::int64_t size = sizeof(std::int32_t);
  for (NearestList& query : remote_group.group.nearest) {
    query.cut();
    size += static_cast<std::int64_t>(sizeof(std::uint16_t) + sizeof(std::uint32_t) +
                                      query.count * (sizeof(DistanceKey) + sizeof(float)));
  }
  answer.data.reserve(static_cast<std::size_t>(size) + 16);
  answer.put(remote_group.index);
  answer.put(size);
  answer.put(static_cast<std::int32_t>(remote_group.sent_queries.size()));
  for (std::size_t q = 0; q < remote_group.sent_queries.size(); ++q) {
    const NearestList& query = remote_group.group.nearest[q];
    answer.put(remote_group.sent_queries[q]);
    answer.put(query.count);
    for (std::uint32_t i = 0; i < query.count; ++i) {
      const std::uint64_t row = (query.self + std::uint64_t{key_tie(query.keys[i])}) % total;
      const auto local = static_cast<LocalIndex>(static_cast<GlobalIndex>(row) - lists.rows.first_row());
      answer.put(query.keys[i]);
      answer.put(
          squared_distance(query.row, lists.rows.row(local).data(), static_cast<std::size_t>(lists.rows.columns)));
    }
  }
}

void take_answer(Reader reader, QueryGroup& group) {
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

void take_answers(const Arrived& arrived, std::vector<QueryGroup>& groups) {
  std::vector<std::vector<std::span<const std::byte>>> answers(groups.size());  // to each group
  const std::span<const std::byte> all(arrived.data);
  for (std::size_t at = 0; at < all.size();) {
    Reader header(all.subspan(at));
    const auto index = header.take<std::int32_t>();
    const auto size = static_cast<std::size_t>(header.take<std::int64_t>());
    at += sizeof(std::int32_t) + sizeof(std::int64_t);
    answers[static_cast<std::size_t>(index)].push_back(all.subspan(at, size));
    at += size;
  }
  parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
    for (const auto& answer : answers[static_cast<std::size_t>(g)]) {
      take_answer(Reader(answer), groups[static_cast<std::size_t>(g)]);
    }
  });
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
  task.first = static_cast<CompactIndex>(lists.rows.first_row() + begin);
  task.total_rows = lists.rows.rows();
  task.distance = mode.distance;
  task.error = mode.error;
  scan(task, queries);
  return static_cast<double>(queries.size()) * static_cast<double>(task.block.count);
}

void make_visits(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode,
                 std::vector<QueryGroup>& groups, KeyStore& remote_keys, double& distances) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<double> computed(groups.size(), 0.0);
  std::vector<std::vector<Message>> requests(groups.size());
  parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t index) {
    const auto g = static_cast<std::size_t>(index);
    QueryGroup& group = groups[g];
    // First what is here: others then send back only what is nearer than the nearest so far.
    computed[g] = scan_visits(lists, mode, group.nearest, group.visits);
    for (NearestList& query : group.nearest) {
      query.cut();
    }
    if (ranks > 1) {
      requests[g] = requests_of(comm, lists, narrow<std::int32_t>(g), group);
    }
    group.visits.clear();
  });
  distances = std::accumulate(computed.begin(), computed.end(), distances);
  if (ranks == 1) {
    return;
  }

  const Arrived received = send_messages(comm, requests);
  remote_keys.clear();
  std::vector<RemoteGroup> remote;
  std::vector<Rank> home;
  for (std::size_t r = 0; r < ranks; ++r) {
    Reader reader(received.of(r));
    while (!reader.done()) {
      remote.push_back(take_group(lists, reader, remote_keys));
      home.push_back(static_cast<Rank>(r));
    }
  }
  std::vector<std::vector<Message>> answers(remote.size());
  parallel_for(static_cast<std::int64_t>(remote.size()), [&](std::int64_t index) {
    const auto g = static_cast<std::size_t>(index);
    answers[g].resize(ranks);
    serve(lists, mode, remote[g], answers[g][static_cast<std::size_t>(home[g])]);
  });
  for (const RemoteGroup& remote_group : remote) {
    distances += remote_group.distances;
  }
  take_answers(send_messages(comm, answers), groups);
}

}  // namespace distsne
