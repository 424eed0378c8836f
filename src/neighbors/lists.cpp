/// From rows in input order to rows in the order of their lists.
#include "neighbors/lists.hpp"

#include <algorithm>
#include <numeric>

#include "mpi/interruption.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex longest_list = 4;  // in average lengths

/// The nearest centroid of each row, in rounds between which the run can be stopped.
std::vector<LocalIndex> list_of_rows(const Communicator& comm, const DistributedMatrix<float>& x,
                                     const Centroids& centroids) {
  constexpr std::size_t rows_per_round = std::size_t{1} << 17U;
  const auto columns = static_cast<std::size_t>(x.columns);
  const auto count = static_cast<std::size_t>(x.local_rows());
  std::vector<LocalIndex> list;
  list.reserve(count);
  const std::int64_t rounds = comm.max(static_cast<std::int64_t>(divide_up(count, rows_per_round)));
  for (std::int64_t round = 0; round < rounds; ++round) {
    const std::size_t rows = std::min(rows_per_round, count - list.size());
    const auto part =
        assign_rows(std::span<const float>(x.values).subspan(list.size() * columns, rows * columns), centroids);
    list.insert(list.end(), part.begin(), part.end());
    stop_if_asked(comm);
  }
  return list;
}

/// Cuts long lists into parts and drops empty ones: the centroids and first rows of what remains.
void finish_lists(const Centroids& centroids, const std::vector<std::int64_t>& sizes, InvertedLists& lists) {
  const GlobalIndex total = std::accumulate(sizes.begin(), sizes.end(), GlobalIndex{0});
  const GlobalIndex most = longest_list * std::max<GlobalIndex>(1, total / centroids.count);
  lists.centroids.columns = centroids.columns;
  lists.begin = {0};
  for (LocalIndex c = 0; c < centroids.count; ++c) {
    const GlobalIndex size = sizes[static_cast<std::size_t>(c)];
    const GlobalIndex parts = centroids.count == 1 ? 1 : divide_up(size, most);
    const GlobalIndex first = lists.begin.back();
    for (GlobalIndex part = 1; part <= parts; ++part) {
      lists.begin.push_back(first + size / parts * part + std::min(size % parts, part));
      lists.centroids.values.insert(lists.centroids.values.end(), centroids.row(c),
                                    centroids.row(c) + centroids.columns);
      ++lists.centroids.count;
    }
  }
}

/// Finds the pieces of lists that this rank holds, and packs them.
void pack_pieces(InvertedLists& lists) {
  const GlobalIndex first = lists.rows.first_row();
  const GlobalIndex end = first + lists.rows.local_rows();
  lists.piece_begin = {0};
  if (end > first) {
    lists.first_list = lists.list_of(first);
    for (LocalIndex list = lists.first_list; lists.piece_begin.back() < lists.rows.local_rows(); ++list) {
      const GlobalIndex stop = std::min(end, lists.begin[static_cast<std::size_t>(list) + 1]);
      lists.piece_begin.push_back(narrow<LocalIndex>(stop - first));
    }
  }
  lists.packed = PackedRows(lists.rows.values, lists.rows.columns, lists.piece_begin);
}

}  // namespace

LocalIndex InvertedLists::list_of(GlobalIndex row) const {
  return static_cast<LocalIndex>(std::upper_bound(begin.begin(), begin.end(), row) - begin.begin()) - 1;
}

InvertedLists make_lists(const Communicator& comm, DistributedMatrix<float>&& x, LocalIndex wanted,
                         std::uint64_t seed) {
  const Centroids centroids = find_centroids(comm, x, wanted, seed);
  const std::vector<LocalIndex> list = list_of_rows(comm, x, centroids);

  const auto count = static_cast<std::size_t>(centroids.count);
  std::vector<std::int64_t> sizes(count, 0);
  for (const LocalIndex l : list) {
    ++sizes[static_cast<std::size_t>(l)];
  }
  std::vector<std::int64_t> next = sizes;  // place of this rank's next row within each list
  comm.exclusive_sum(next);
  comm.sum(std::span<std::int64_t>(sizes));
  GlobalIndex first = 0;
  for (std::size_t l = 0; l < count; ++l) {
    next[l] += first;
    first += sizes[l];
  }
  std::vector<GlobalIndex> place;
  std::vector<GlobalIndex> input_row;
  for (std::size_t i = 0; i < list.size(); ++i) {
    place.push_back(next[static_cast<std::size_t>(list[i])]++);
    input_row.push_back(x.first_row() + static_cast<GlobalIndex>(i));
  }

  InvertedLists lists;
  finish_lists(centroids, sizes, lists);
  const RowPartition partition(x.rows(), comm.size());
  const RowExchange plan = RowExchange::deliver(comm, partition, place);
  lists.rows = DistributedMatrix<float>(partition, comm.rank(), x.columns);
  lists.input_row.resize(plan.arriving());
  plan.move(comm, std::span<const float>(x.values), static_cast<std::size_t>(x.columns),
            std::span<float>(lists.rows.values));
  plan.move(comm, std::span<const GlobalIndex>(input_row), 1, std::span<GlobalIndex>(lists.input_row));
  x = {};
  pack_pieces(lists);
  return lists;
}

}  // namespace distsne
