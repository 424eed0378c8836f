/// Queries from outside, sorted by the list that they would belong to, in rounds of visits.
#include "neighbors/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"
#include "neighbors/probes.hpp"
#include "neighbors/rounds.hpp"
#include "neighbors/sample.hpp"

namespace distsne {
namespace {

constexpr double farthest_norm = 1e30;  // squared, in units of the reference's extent
constexpr LocalIndex lists_of_own_distances = 4;

/// Rows of this rank in the order of the lists whose centroids are nearest, cut into groups of one list.
struct Sorted {
  std::vector<LocalIndex> list;   // of each row
  std::vector<LocalIndex> order;  // the rows
};

}  // namespace

struct ReferenceRows::State {
  Communicator comm;
  NeighborOptions options;
  Normalization normalization;
  InvertedLists lists;
  double norm = 0.0;  // the largest squared one
  LocalIndex probes = 1;
  bool exact = true;

  State(const Communicator& comm_in, DistributedMatrix<float>&& rows, const NeighborOptions& options_in)
      : comm(comm_in), options(options_in), normalization(normalize(comm, rows)) {
    const GlobalIndex count = rows.rows();
    lists = make_lists(comm, std::move(rows), lists_for(count), options.seed);
    norm = largest_norm(comm, lists.rows);
    exact = searches_exactly(options, count, count, lists.rows.columns) || options.k >= count - 1;
    probes = lists.count();
    if (!exact) {
      const SearchMode careful{ScanDistance::differences, expanded_error(lists, norm)};
      const TrueNeighbors fit =
          sample_true_neighbors(comm, lists, careful, options.k, sample_rows, options.seed, sample_to_fit);
      probes = probes_for_recall(comm, lists, fit, recall_to_aim_at(options));
    }
  }

  /// Groups of rows[order[begin, end)], which are queries from outside or, at `own`, the reference's own rows.
  [[nodiscard]] std::vector<QueryGroup> groups_of(const DistributedMatrix<float>& rows, const Sorted& sorted,
                                                  std::size_t begin, std::size_t end, LocalIndex keep, bool own,
                                                  KeyStore& store) const {
    std::vector<QueryGroup> groups;
    while (begin < end) {
      const LocalIndex list = sorted.list[static_cast<std::size_t>(sorted.order[begin])];
      std::size_t stop = begin + 1;
      while (stop < end && stop - begin < static_cast<std::size_t>(QueryGroup::most) &&
             sorted.list[static_cast<std::size_t>(sorted.order[stop])] == list) {
        ++stop;
      }
      QueryGroup& group = groups.emplace_back(stop - begin, keep, store);
      group.list = list;
      QueryGroup::Visit& visit = group.visits.emplace_back();
      visit.list = list;
      for (std::size_t q = 0; begin < stop; ++begin, ++q) {
        const LocalIndex row = sorted.order[begin];
        group.nearest[q].row = rows.row(row).data();
        group.nearest[q].norm = squared_norm(rows.row(row));
        group.nearest[q].self = own ? static_cast<CompactIndex>(rows.first_row() + row) : 0;
        group.nearest[q].foreign = !own;
        visit.queries.push_back(static_cast<std::uint16_t>(q));
      }
    }
    return groups;
  }

  /// Collective. The `keep` nearest of the rows of this rank, round by round as for nearest_by_rounds.
  void search(const DistributedMatrix<float>& rows, const Sorted& sorted, LocalIndex keep, LocalIndex most_probes,
              bool own, const Take& take) const {
    // Any bound of the error leads to the same rows: what it lets through is measured by the differences.
    const float error = expanded_error(lists, std::max(norm, largest_norm(comm, rows)));
    const SearchMode mode{ScanDistance::differences, error};
    const ProbeChooser chooser(lists, most_probes, error);
    KeyStore own_keys;
    KeyStore remote_keys;
    double distances = 0.0;
    const auto width = static_cast<std::size_t>(keep);
    ForeignNeighbors found{keep, {}, {}};
    const auto per_round = static_cast<std::size_t>(rows_per_round);
    const std::size_t count = sorted.order.size();
    const std::int64_t rounds = comm.max(static_cast<std::int64_t>(divide_up(count, per_round)));
    for (std::int64_t round = 0; round < rounds; ++round) {
      stop_if_asked(comm);
      own_keys.clear();
      const std::size_t begin = std::min(count, static_cast<std::size_t>(round) * per_round);
      const std::size_t end = std::min(count, begin + per_round);
      std::vector<QueryGroup> groups = groups_of(rows, sorted, begin, end, keep, own, own_keys);
      make_visits(comm, lists, mode, groups, remote_keys, distances);
      parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t g) {
        QueryGroup& group = groups[static_cast<std::size_t>(g)];
        for (NearestList& query : group.nearest) {
          query.cut();
        }
        chooser.choose(group);
      });
      make_visits(comm, lists, mode, groups, remote_keys, distances);
      std::vector<std::size_t> first;  // place of each group's first row in the round
      std::size_t at = 0;
      for (const QueryGroup& group : groups) {
        first.push_back(at);
        at += group.nearest.size();
      }
      found.neighbors.resize((end - begin) * width);
      found.distances.resize((end - begin) * width);
      parallel_for(static_cast<std::int64_t>(groups.size()), [&](std::int64_t index) {
        const auto g = static_cast<std::size_t>(index);
        for (std::size_t q = 0; q < groups[g].nearest.size(); ++q) {
          const std::size_t to = (first[g] + q) * width;
          write_nearest(lists, normalization.unit, groups[g], q, std::span(found.neighbors).subspan(to, width),
                        std::span(found.distances).subspan(to, width));
        }
      });
      take(std::span(sorted.order).subspan(begin, end - begin), found);
    }
  }
};

ReferenceRows::ReferenceRows(const Communicator& comm, DistributedMatrix<float>&& rows,
                             const NeighborOptions& options) {
  require_everywhere(comm, rows.rows() <= most_rows,
                     fmt::format("{} rows: the neighbor search handles up to {}", rows.rows(), most_rows));
  require_everywhere(
      comm, options.k >= 1 && options.k <= rows.rows(),
      fmt::format("{} neighbors do not fit {} rows: choose 1 to {}", options.k, rows.rows(), rows.rows()));
  state_ = std::make_unique<State>(comm, std::move(rows), options);
}

ReferenceRows::~ReferenceRows() = default;

const RowPartition& ReferenceRows::partition() const { return state_->lists.rows.partition; }
const std::vector<GlobalIndex>& ReferenceRows::input_row() const { return state_->lists.input_row; }
bool ReferenceRows::exact() const { return state_->exact; }

bool ReferenceRows::too_far(std::span<const float> row) const {
  std::vector<float> copy(row.begin(), row.end());
  state_->normalization.apply(copy);
  double sum = 0.0;
  for (const float value : copy) {
    sum += static_cast<double>(value) * static_cast<double>(value);
  }
  return !(sum < farthest_norm);
}

void ReferenceRows::nearest_by_rounds(DistributedMatrix<float>&& rows, LocalIndex k, const Take& take) const {
  const DistributedMatrix<float> queries = [&] {
    DistributedMatrix<float> normalized = std::move(rows);
    parallel_for(normalized.local_rows(),
                 [&](std::int64_t i) { state_->normalization.apply(normalized.row(static_cast<LocalIndex>(i))); });
    return normalized;
  }();
  Sorted sorted;
  sorted.list = assign_rows(queries.values, state_->lists.centroids);
  sorted.order.resize(sorted.list.size());
  std::iota(sorted.order.begin(), sorted.order.end(), 0);
  std::stable_sort(sorted.order.begin(), sorted.order.end(), [&](LocalIndex a, LocalIndex b) {
    return sorted.list[static_cast<std::size_t>(a)] < sorted.list[static_cast<std::size_t>(b)];
  });
  state_->search(queries, sorted, k, state_->probes, false, take);
}

ForeignNeighbors ReferenceRows::nearest(const DistributedMatrix<float>& rows, LocalIndex k) const {
  const auto width = static_cast<std::size_t>(k);
  const std::size_t values = static_cast<std::size_t>(rows.local_rows()) * width;
  ForeignNeighbors all{k, std::vector<CompactIndex>(values), std::vector<float>(values)};
  DistributedMatrix<float> copy = rows;
  nearest_by_rounds(std::move(copy), k, [&](std::span<const LocalIndex> some, const ForeignNeighbors& found) {
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::size_t to = static_cast<std::size_t>(some[i]) * width;
      std::copy_n(found.neighbors.data() + i * width, width, all.neighbors.data() + to);
      std::copy_n(found.distances.data() + i * width, width, all.distances.data() + to);
    }
  });
  return all;
}

std::vector<float> ReferenceRows::own_distances(LocalIndex k) const {
  const InvertedLists& lists = state_->lists;
  Sorted sorted;
  for (LocalIndex i = 0; i < lists.rows.local_rows(); ++i) {
    sorted.list.push_back(lists.list_of(lists.rows.first_row() + i));
    sorted.order.push_back(i);
  }
  const auto keep = static_cast<LocalIndex>(std::min<GlobalIndex>(k, lists.rows.rows() - 1));
  std::vector<float> result(sorted.list.size(), 0.0F);
  if (keep == 0) {
    return result;
  }
  state_->search(
      lists.rows, sorted, keep, std::min(lists_of_own_distances, state_->probes), true,
      [&](std::span<const LocalIndex> some, const ForeignNeighbors& found) {
        for (std::size_t i = 0; i < some.size(); ++i) {
          const auto distances =
              std::span(found.distances).subspan(i * static_cast<std::size_t>(keep), static_cast<std::size_t>(keep));
          result[static_cast<std::size_t>(some[i])] =
              static_cast<float>(std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(keep));
        }
      });
  return result;
}

}  // namespace distsne
