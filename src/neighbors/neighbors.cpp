/// The search as a whole: lists, effort, rounds of visits, and the recall that came of it.
#include "neighbors/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"
#include "neighbors/probes.hpp"
#include "neighbors/rounds.hpp"
#include "neighbors/sample.hpp"

namespace distsne {
namespace {

constexpr std::uint32_t sample_to_measure = 3;

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
  const auto k = static_cast<std::size_t>(graph.k);
  for (std::size_t q = 0; q < group.nearest.size(); ++q) {
    const GlobalIndex row = static_cast<GlobalIndex>(group.nearest[q].self) - lists.rows.first_row();
    const std::size_t at = static_cast<std::size_t>(row) * k;
    write_nearest(lists, unit, group, q, std::span(graph.neighbors).subspan(at, k),
                  std::span(graph.distances).subspan(at, k));
  }
}

/// All rows, round by round: first their own lists, then the lists that could have nearer rows.
double search_all(const Communicator& comm, const InvertedLists& lists, const SearchMode& mode, LocalIndex probes,
                  double unit, NeighborGraph& graph) {
  const ProbeChooser chooser(lists, probes, mode.error);
  KeyStore own_keys;
  KeyStore remote_keys;
  double distances = 0.0;
  LocalIndex row = 0;
  LocalIndex piece = 0;
  const std::int64_t rounds = comm.max(divide_up(std::int64_t{lists.rows.local_rows()}, rows_per_round));
  for (std::int64_t round = 0; round < rounds; ++round) {
    stop_if_asked(comm);
    own_keys.clear();
    std::vector<QueryGroup> groups = next_groups(lists, graph.k, own_keys, row, piece);
    make_visits(comm, lists, mode, groups, remote_keys, distances);
    parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
      QueryGroup& group = groups[static_cast<std::size_t>(g)];
      for (NearestList& query : group.nearest) {
        query.cut();
      }
      chooser.choose(group);
    });
    make_visits(comm, lists, mode, groups, remote_keys, distances);
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
  FoundNeighbors result;
  NeighborReport& report = result.report;
  report.exact = searches_exactly(options, rows, rows, x.columns);

  const double unit = normalize(comm, x).unit;
  const InvertedLists lists = make_lists(comm, std::move(x), lists_for(rows), options.seed);
  report.lists = lists.count();

  const SearchMode careful{ScanDistance::differences, expanded_error(lists, largest_norm(comm, lists.rows))};
  const TrueNeighbors fit =
      sample_true_neighbors(comm, lists, careful, options.k, sample_rows, options.seed, sample_to_fit);
  const SearchMode mode = choose_mode(comm, fit, careful.error);
  report.probes = report.exact ? lists.count() : probes_for_recall(comm, lists, fit, recall_to_aim_at(options));

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
