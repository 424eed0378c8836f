/// The search as a whole: lists, effort, rounds of visits, and the recall that came of it.
#include "distsne/neighbors/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "distsne/base/parallel.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/interruption.hpp"
#include "neighbors/probes.hpp"
#include "neighbors/sample.hpp"

namespace distsne {
namespace {

/// Beyond so many products of coordinates over all pairs of rows, `automatic` searches approximately: about a second of
/// one core.
constexpr double most_products_of_exact = 1e11;
constexpr GlobalIndex rows_per_round = 16384;  // of each rank; bounds the memory of what travels
constexpr GlobalIndex sample_rows = 512;
constexpr std::uint32_t sample_to_fit = 2;
constexpr std::uint32_t sample_to_measure = 3;

/// Centers the columns and scales by a power of two, so that everything lies within [-1, 1] and no square overflows.
/// Returns the factor that distances have to be multiplied by.
double normalize(const Communicator& comm, DistributedMatrix<float>& x) {
  double largest = 0.0;
  for (const float value : x.values) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  }
  largest = comm.max(largest);
  if (largest == 0.0) {
    return 1.0;
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  ++exponent;  // room for the mean
  const float scale = std::ldexp(1.0F, -exponent);
  constexpr double fixed_point = 0x1.0p30;  // 2^32 rows fit
  const auto columns = static_cast<std::size_t>(x.columns);
  std::vector<std::int64_t> sums(columns, 0);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const auto row = x.row(i);
    for (std::size_t k = 0; k < columns; ++k) {
      sums[k] += static_cast<std::int64_t>(static_cast<double>(row[k] * scale) * fixed_point);
    }
  }
  comm.sum(std::span<std::int64_t>(sums));
  std::vector<float> mean;
  mean.reserve(columns);
  for (const std::int64_t sum : sums) {
    mean.push_back(static_cast<float>(static_cast<double>(sum) / (fixed_point * static_cast<double>(x.rows()))));
  }
  parallel_for(x.local_rows(), [&](std::int64_t i) {
    const auto row = x.row(static_cast<LocalIndex>(i));
    for (std::size_t k = 0; k < columns; ++k) {
      row[k] = row[k] * scale - mean[k];
    }
  });
  return std::ldexp(1.0, exponent);
}

/// Bound of the error of |q|^2 - 2 q.x + |x|^2 in float for all rows: a few roundings for each column.
float expanded_error(const Communicator& comm, const InvertedLists& lists) {
  double largest = 0.0;
  for (LocalIndex i = 0; i < lists.rows.local_rows(); ++i) {
    largest = std::max(largest, static_cast<double>(squared_norm(lists.rows.row(i))));
  }
  return static_cast<float>(4.0 * comm.max(largest) * (lists.rows.columns + 8) * 0x1.0p-24);
}

/// Expanded distances, unless their error is more than a thousandth of the squared distances that matter: those of the
/// k-th neighbors, of which all but a twentieth are larger than what is looked at.
SearchMode choose_mode(const Communicator& comm, const TrueNeighbors& sample, float error) {
  std::vector<double> reach(sample.reach.begin(), sample.reach.end());
  const std::vector<GlobalIndex> counts = comm.all_gather(static_cast<std::int64_t>(reach.size()));
  GlobalIndex total = 0;
  for (const GlobalIndex count : counts) {
    total += count;
  }
  std::vector<double> all(static_cast<std::size_t>(total));
  comm.all_gather(std::span<const double>(reach), counts, all.data());
  if (all.empty()) {
    return {ScanDistance::differences, error};
  }
  std::sort(all.begin(), all.end());
  const double small = all[all.size() / 20];
  return {1e-3 * small > static_cast<double>(error) ? ScanDistance::expanded : ScanDistance::differences, error};
}

/// Groups of the next rows of this rank, up to a round's worth; `row` and `piece` move on.
std::vector<QueryGroup> next_groups(const InvertedLists& lists, LocalIndex k, KeyStore& store, LocalIndex& row,
                                    LocalIndex& piece) {
  std::vector<QueryGroup> groups;
  const LocalIndex stop = static_cast<LocalIndex>(
      std::min<GlobalIndex>(lists.rows.local_rows(), static_cast<GlobalIndex>(row) + rows_per_round));
  while (row < stop) {
    while (lists.piece_begin[static_cast<std::size_t>(piece) + 1] <= row) {
      ++piece;
    }
    const LocalIndex end =
        std::min({stop, row + QueryGroup::most, lists.piece_begin[static_cast<std::size_t>(piece) + 1]});
    QueryGroup& group = groups.emplace_back(static_cast<std::size_t>(end - row), k, store);
    group.list = lists.first_list + piece;
    for (NearestList& query : group.nearest) {
      query.row = lists.rows.row(row).data();
      query.norm = squared_norm(lists.rows.row(row));
      query.self = static_cast<CompactIndex>(lists.rows.first_row() + row);
      ++row;
    }
    QueryGroup::Visit& own = group.visits.emplace_back();
    own.list = group.list;
    for (std::size_t q = 0; q < group.nearest.size(); ++q) {
      own.queries.push_back(static_cast<std::uint16_t>(q));
    }
  }
  return groups;
}

/// Writes the neighbors of a group's queries, nearest first by the differences, into the graph.
void finish_group(const InvertedLists& lists, double unit, QueryGroup& group, NeighborGraph& graph) {
  const auto total = static_cast<std::uint64_t>(lists.rows.rows());
  const auto columns = static_cast<std::size_t>(lists.rows.columns);
  const GlobalIndex first = lists.rows.first_row();
  std::vector<DistanceKey> keys;
  for (std::size_t q = 0; q < group.nearest.size(); ++q) {
    NearestList& query = group.nearest[q];
    query.cut();
    std::sort(group.remote[q].begin(), group.remote[q].end());
    keys.clear();
    for (std::uint32_t i = 0; i < query.count; ++i) {
      const std::uint64_t row = (query.self + std::uint64_t{key_tie(query.keys[i])}) % total;
      const GlobalIndex local = static_cast<GlobalIndex>(row) - first;
      float squared = 0.0F;
      if (local >= 0 && local < lists.rows.local_rows()) {
        squared = squared_distance(query.row, lists.rows.row(static_cast<LocalIndex>(local)).data(), columns);
      } else {
        squared = std::lower_bound(group.remote[q].begin(), group.remote[q].end(),
                                   std::pair<DistanceKey, float>(query.keys[i], 0.0F))
                      ->second;
      }
      keys.push_back(distance_key(squared, key_tie(query.keys[i])));
    }
    std::sort(keys.begin(), keys.end());
    const auto at =
        static_cast<std::size_t>(static_cast<GlobalIndex>(query.self) - first) * static_cast<std::size_t>(graph.k);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      graph.neighbors[at + i] = static_cast<CompactIndex>((query.self + std::uint64_t{key_tie(keys[i])}) % total);
      graph.distances[at + i] = static_cast<float>(unit * std::sqrt(static_cast<double>(key_distance(keys[i]))));
    }
  }
}

/// All rows, round by round: first their own lists, then the lists that could have nearer rows.
double search_all(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode, LocalIndex probes,
                  double unit, NeighborGraph& graph) {
  const ProbeChooser chooser(lists, probes, mode.error);
  KeyStore own_keys;
  KeyStore guest_keys;
  double distances = 0.0;
  LocalIndex row = 0;
  LocalIndex piece = 0;
  const std::int64_t rounds = comm.max((std::int64_t{lists.rows.local_rows()} + rows_per_round - 1) / rows_per_round);
  for (std::int64_t round = 0; round < rounds; ++round) {
    stop_if_asked(comm);
    own_keys.clear();
    std::vector<QueryGroup> groups = next_groups(lists, graph.k, own_keys, row, piece);
    make_visits(comm, lists, mode, groups, guest_keys, distances);
    parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
      QueryGroup& group = groups[static_cast<std::size_t>(g)];
      for (NearestList& query : group.nearest) {
        query.cut();
      }
      chooser.choose(group);
    });
    make_visits(comm, lists, mode, groups, guest_keys, distances);
    parallel_for(static_cast<std::int64_t>(groups.size()),
                 [&](std::int64_t g) { finish_group(lists, unit, groups[static_cast<std::size_t>(g)], graph); });
  }
  return distances;
}

/// Share of the true neighbors that the graph has, over all ranks; equally near ones count as well.
double measured_recall(const Communicator& comm, const TrueNeighbors& sample, double unit, const NeighborGraph& graph) {
  std::array<std::int64_t, 2> counts{};
  constexpr double rounding = 1.0 + 1e-6;
  for (std::size_t s = 0; s < sample.row.size(); ++s) {
    const auto found = graph.neighbors_of(sample.row[s]);
    const auto distances = graph.distances_of(sample.row[s]);
    std::vector<CompactIndex> truth = sample.nearest[s];
    std::sort(truth.begin(), truth.end());
    const double reach = rounding * unit * std::sqrt(static_cast<double>(sample.reach[s]));
    std::int64_t hits = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool true_neighbor = std::binary_search(truth.begin(), truth.end(), found[i]);
      hits += true_neighbor || static_cast<double>(distances[i]) <= reach ? 1 : 0;
    }
    counts[0] += hits;
    counts[1] += graph.k;
  }
  comm.sum(std::span<std::int64_t>(counts));
  return counts[1] == 0 ? 1.0 : static_cast<double>(counts[0]) / static_cast<double>(counts[1]);
}

}  // namespace

FoundNeighbors find_neighbors(const Communicator& comm, DistributedMatrix<float>&& x, const NeighborOptions& options) {
  const GlobalIndex rows = x.rows();
  require_everywhere(comm, rows <= most_rows,
                     fmt::format("{} rows: the neighbor search handles up to {}", rows, most_rows));
  require_everywhere(comm, options.k >= 1 && options.k < rows,
                     fmt::format("{} neighbors do not fit {} rows: choose 1 to {}", options.k, rows, rows - 1));
  const double products = static_cast<double>(rows) * static_cast<double>(rows) * x.columns;
  FoundNeighbors result;
  NeighborReport& report = result.report;
  report.exact = options.search == NeighborSearch::exact ||
                 (options.search == NeighborSearch::automatic && products <= most_products_of_exact);

  const double unit = normalize(comm, x);
  const auto wanted = static_cast<LocalIndex>(std::clamp(4.0 * std::sqrt(static_cast<double>(rows)), 1.0, 65536.0));
  const InvertedLists lists = make_lists(comm, std::move(x), rows < 2048 ? 1 : wanted, options.seed);
  report.lists = lists.count();

  const SearchMode careful{ScanDistance::differences, expanded_error(comm, lists)};
  const TrueNeighbors fit =
      sample_true_neighbors(comm, lists, careful, options.k, sample_rows, options.seed, sample_to_fit);
  const SearchMode mode = choose_mode(comm, fit, careful.error);
  // A little more than what is asked for, since the sample is one of many.
  const double aim = options.recall + 0.25 * (1.0 - options.recall);
  report.probes = report.exact ? lists.count() : probes_for_recall(comm, lists, fit, aim);

  NeighborGraph& graph = result.graph;
  graph.partition = lists.rows.partition;
  graph.rank = comm.rank();
  graph.k = options.k;
  graph.input_row = lists.input_row;
  const std::size_t entries = checked_product(graph.local_rows(), graph.k);
  attempt_everywhere(comm, [&] {
    graph.neighbors.resize(entries);
    graph.distances.resize(entries);
  });
  const double distances = search_all(comm, lists, mode, report.probes, unit, graph);
  report.distances = static_cast<double>(comm.sum(static_cast<std::int64_t>(distances))) / static_cast<double>(rows);
  if (!report.exact) {
    const TrueNeighbors measure =
        sample_true_neighbors(comm, lists, careful, options.k, sample_rows, options.seed, sample_to_measure);
    report.recall = measured_recall(comm, measure, unit, graph);
    report.sampled = comm.sum(static_cast<std::int64_t>(measure.row.size()));
  }
  return result;
}

}  // namespace distsne
