/// True neighbors of sampled rows: all ranks scan their rows for every sampled row.
#include "neighbors/sample.hpp"

#include <algorithm>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "neighbors/probes.hpp"

namespace distsne {
namespace {

/// The sampled rows of all ranks.
struct Gathered {
  std::vector<float> rows;
  std::vector<CompactIndex> id;
  std::vector<GlobalIndex> counts;  // per rank
};

Gathered gather_rows(const Communicator& comm, const InvertedLists& lists, const std::vector<LocalIndex>& own) {
  Gathered all;
  all.counts = comm.all_gather(static_cast<std::int64_t>(own.size()));
  const auto total = static_cast<std::size_t>(std::accumulate(all.counts.begin(), all.counts.end(), std::int64_t{0}));
  std::vector<float> rows;
  std::vector<CompactIndex> id;
  for (const LocalIndex row : own) {
    rows.insert(rows.end(), lists.rows.row(row).begin(), lists.rows.row(row).end());
    id.push_back(static_cast<CompactIndex>(lists.rows.first_row() + row));
  }
  all.id.resize(total);
  comm.all_gather(std::span<const CompactIndex>(id), all.counts, all.id.data());
  std::vector<GlobalIndex> values = all.counts;
  for (GlobalIndex& count : values) {
    count *= lists.rows.columns;
  }
  all.rows.resize(total * static_cast<std::size_t>(lists.rows.columns));
  comm.all_gather(std::span<const float>(rows), values, all.rows.data());
  return all;
}

/// Lists of the sampled rows, in groups, that have seen all rows of this rank.
std::vector<QueryGroup> scan_own_rows(const InvertedLists& lists, const SearchMode& mode, LocalIndex k,
                                      const Gathered& all, KeyStore& store) {
  constexpr std::size_t most = 32;  // sampled rows that one thread takes at a time
  const auto columns = static_cast<std::size_t>(lists.rows.columns);
  std::vector<QueryGroup> groups;
  for (std::size_t begin = 0; begin < all.id.size(); begin += most) {
    QueryGroup& group = groups.emplace_back(std::min(most, all.id.size() - begin), k, store);
    for (std::size_t q = 0; q < group.nearest.size(); ++q) {
      group.nearest[q].row = all.rows.data() + (begin + q) * columns;
      group.nearest[q].norm = squared_norm(std::span(group.nearest[q].row, columns));
      group.nearest[q].self = all.id[begin + q];
    }
  }
  parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
    QueryGroup& group = groups[static_cast<std::size_t>(g)];
    std::vector<NearestList*> queries;
    for (NearestList& query : group.nearest) {
      queries.push_back(&query);
    }
    for (LocalIndex piece = 0; piece < lists.pieces(); ++piece) {
      scan_piece(lists, mode, lists.first_list + piece, queries);
    }
    for (NearestList& query : group.nearest) {
      query.cut();
    }
  });
  return groups;
}

}  // namespace

TrueNeighbors sample_true_neighbors(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode,
                                    LocalIndex k, GlobalIndex count, std::uint64_t seed, std::uint32_t draw) {
  TrueNeighbors sample;
  const CounterRandom random(seed);
  const double share = static_cast<double>(count) / static_cast<double>(lists.rows.rows());
  for (LocalIndex i = 0; i < lists.rows.local_rows(); ++i) {
    if (random.uniform(lists.input_row[static_cast<std::size_t>(i)], draw) < share) {
      sample.row.push_back(i);
    }
  }
  const Gathered all = gather_rows(comm, lists, sample.row);
  KeyStore store;
  std::vector<QueryGroup> groups = scan_own_rows(lists, mode, k, all, store);

  // What this rank has for the sampled rows of each rank goes there.
  std::vector<DistanceKey> keys;
  std::vector<std::int64_t> lengths;  // of the part of each sampled row
  for (const QueryGroup& group : groups) {
    for (const NearestList& query : group.nearest) {
      keys.insert(keys.end(), query.keys, query.keys + query.count);
      lengths.push_back(query.count);
    }
  }
  groups.clear();
  std::vector<std::int64_t> key_counts;
  std::size_t at = 0;
  for (const GlobalIndex rows : all.counts) {
    key_counts.push_back(std::accumulate(lengths.begin() + static_cast<std::ptrdiff_t>(at),
                                         lengths.begin() + static_cast<std::ptrdiff_t>(at) + rows, std::int64_t{0}));
    at += static_cast<std::size_t>(rows);
  }
  std::vector<std::int64_t> ignored;
  const std::vector<std::int64_t> their_lengths =
      comm.all_to_all(std::span<const std::int64_t>(lengths), all.counts, ignored);
  const std::vector<DistanceKey> their_keys = comm.all_to_all(std::span<const DistanceKey>(keys), key_counts, ignored);

  std::vector<std::vector<DistanceKey>> merged(sample.row.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < their_lengths.size(); ++i) {
    auto& list = merged[i % sample.row.size()];
    const auto length = static_cast<std::size_t>(their_lengths[i]);
    list.insert(list.end(), their_keys.begin() + static_cast<std::ptrdiff_t>(next),
                their_keys.begin() + static_cast<std::ptrdiff_t>(next + length));
    next += length;
  }
  const auto total = static_cast<std::uint64_t>(lists.rows.rows());
  for (std::size_t s = 0; s < merged.size(); ++s) {
    auto& list = merged[s];
    const auto nearest = std::min(list.size(), static_cast<std::size_t>(k));
    std::nth_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(nearest) - 1, list.end());
    list.resize(nearest);
    const auto self = static_cast<std::uint64_t>(lists.rows.first_row() + sample.row[s]);
    auto& rows = sample.nearest.emplace_back();
    for (const DistanceKey key : list) {
      rows.push_back(static_cast<CompactIndex>((self + key_tie(key)) % total));
    }
    sample.reach.push_back(key_distance(list.back()));
  }
  return sample;
}

LocalIndex probes_for_recall(const Communicator& comm, const InvertedLists& lists, const TrueNeighbors& sample,
                             double recall) {
  // found[p]: true neighbors that lie in the list that comes at place p for their row.
  std::vector<std::int64_t> found(static_cast<std::size_t>(lists.count()), 0);
  const PackedRows centroids = packed_centroids(lists);
  std::vector<std::vector<std::int64_t>> places(sample.row.size());
  parallel_for(static_cast<std::int64_t>(sample.row.size()), [&](std::int64_t index) {
    const auto s = static_cast<std::size_t>(index);
    if (sample.reach[s] == 0.0F) {
      return;  // as many equal rows as neighbors: any of them will do, and the row's own list has them
    }
    const LocalIndex own = lists.list_of(lists.rows.first_row() + sample.row[s]);
    const std::vector<LocalIndex> order =
        lists_by_distance(lists, centroids, lists.rows.row(sample.row[s]).data(), lists.count());
    std::vector<std::int64_t> place(order.size());
    std::int64_t next = 1;
    for (const LocalIndex list : order) {
      place[static_cast<std::size_t>(list)] = list == own ? 0 : next++;
    }
    for (const CompactIndex neighbor : sample.nearest[s]) {
      places[s].push_back(place[static_cast<std::size_t>(lists.list_of(neighbor))]);
    }
  });
  for (const auto& of_row : places) {
    for (const std::int64_t place : of_row) {
      ++found[static_cast<std::size_t>(place)];
    }
  }
  comm.sum(std::span<std::int64_t>(found));
  const auto total = static_cast<double>(std::accumulate(found.begin(), found.end(), std::int64_t{0}));
  double so_far = 0.0;
  for (std::size_t p = 0; p < found.size(); ++p) {
    so_far += static_cast<double>(found[p]);
    if (so_far >= recall * total) {
      return static_cast<LocalIndex>(p) + 1;
    }
  }
  return lists.count();
}

}  // namespace distsne
