/// Drawing rows, and renumbering what is left.
#include "pipeline/subsample.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/random.hpp"
#include "data/repartition.hpp"
#include "mpi/index_map.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex not_drawn = -1;

/// Gives those that are drawn, which come in as 0, their numbers in the order of the ranks; returns how many there are.
GlobalIndex count_off(const Communicator& comm, std::vector<GlobalIndex>& number) {
  const auto own = static_cast<std::int64_t>(
      std::count_if(number.begin(), number.end(), [](GlobalIndex one) { return one != not_drawn; }));
  std::array<std::int64_t, 1> next{own};
  comm.exclusive_sum(next);
  for (GlobalIndex& one : number) {
    if (one != not_drawn) {
      one = next[0]++;
    }
  }
  return comm.sum(own);
}

/// What is known of the rows that a matrix names as columns.
class Columns {
 public:
  template <class Real>
  Columns(const Communicator& comm, const SparseMatrix<Real>& matrix)
      : comm_(comm), index_(matrix.partition, matrix.rank, std::span<const CompactIndex>(matrix.column)) {}

  /// Collective. Learns the values of this rank's rows and of the others.
  void learn(std::span<const GlobalIndex> own) { values_ = index_.with_ghosts(comm_, own); }

  [[nodiscard]] GlobalIndex operator()(CompactIndex column) const { return values_[index_.local(column)]; }

 private:
  const Communicator& comm_;
  IndexMap index_;
  std::vector<GlobalIndex> values_;
};

/// Leaves out rows that have no entries with others that are drawn; whether there were any on any rank.
template <class Real>
bool leave_out_lonely(const Communicator& comm, const SparseMatrix<Real>& matrix, const Columns& known,
                      std::vector<GlobalIndex>& number) {
  const std::vector<GlobalIndex> before = number;
  for (std::size_t row = 0; row < number.size(); ++row) {
    bool any = false;
    for (auto e = static_cast<std::size_t>(matrix.begin[row]); e < static_cast<std::size_t>(matrix.begin[row + 1]);
         ++e) {
      const bool itself =
          static_cast<GlobalIndex>(matrix.column[e]) == matrix.first_row() + static_cast<GlobalIndex>(row);
      any = any || (!itself && known(matrix.column[e]) != not_drawn);
    }
    number[row] = any ? number[row] : not_drawn;
  }
  return comm.max(std::int64_t{number == before ? 0 : 1}) != 0;
}

}  // namespace

Subsample draw_rows(const Communicator& comm, GlobalIndex rows, double share, std::uint64_t seed, int draw) {
  constexpr std::uint64_t of_rows = 0xB007ULL;
  const CounterRandom random(seed ^ of_rows);
  Subsample sample;
  sample.all = RowPartition(rows, comm.size());
  for (GlobalIndex row = sample.all.begin(comm.rank()); row < sample.all.end(comm.rank()); ++row) {
    sample.number.push_back(random.uniform(row, static_cast<std::uint32_t>(draw)) < share ? 0 : not_drawn);
  }
  sample.drawn = RowPartition(count_off(comm, sample.number), comm.size());
  return sample;
}

template <class Real>
SparseMatrix<Real> drawn_part(const Communicator& comm, const SparseMatrix<Real>& matrix,
                              std::span<const GlobalIndex> input_row, Subsample& sample) {
  std::vector<GlobalIndex> number(input_row.size());
  RowExchange::fetch(comm, sample.all, input_row)
      .move(comm, std::span<const GlobalIndex>(sample.number), 1, std::span<GlobalIndex>(number));
  Columns known(comm, matrix);
  bool changed = true;
  while (changed) {
    const std::vector<GlobalIndex> before = number;
    known.learn(before);
    changed = leave_out_lonely(comm, matrix, known, number);
  }
  sample.drawn = RowPartition(count_off(comm, number), comm.size());
  known.learn(number);

  SparseMatrix<Real> part;
  std::int64_t rows = 0;
  std::vector<std::pair<GlobalIndex, Real>> entries;
  for (std::size_t row = 0; row < number.size(); ++row) {
    if (number[row] == not_drawn) {
      continue;
    }
    ++rows;
    entries.clear();
    for (auto e = static_cast<std::size_t>(matrix.begin[row]); e < static_cast<std::size_t>(matrix.begin[row + 1]);
         ++e) {
      if (const GlobalIndex column = known(matrix.column[e]); column != not_drawn) {
        entries.emplace_back(column, matrix.values[e]);
      }
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, value] : entries) {
      part.column.push_back(static_cast<CompactIndex>(column));
      part.values.push_back(value);
    }
    part.begin.push_back(std::ssize(part.values));
  }
  part.partition = RowPartition(comm.all_gather(rows));
  part.rank = comm.rank();
  part.columns = static_cast<LocalIndex>(sample.rows());
  RowExchange::deliver(comm, sample.all, input_row)
      .move(comm, std::span<const GlobalIndex>(number), 1, std::span<GlobalIndex>(sample.number));
  return in_partition(comm, std::move(part), sample.drawn);
}

template <class Real>
DistributedMatrix<Real> drawn_part(const Communicator& comm, const DistributedMatrix<Real>& rows,
                                   const Subsample& sample) {
  std::vector<GlobalIndex> target;
  std::vector<Real> values;
  for (LocalIndex i = 0; i < rows.local_rows(); ++i) {
    if (const GlobalIndex number = sample.number[static_cast<std::size_t>(i)]; number != not_drawn) {
      target.push_back(number);
      values.insert(values.end(), rows.row(i).begin(), rows.row(i).end());
    }
  }
  DistributedMatrix<Real> result(sample.drawn, comm.rank(), rows.columns);
  RowExchange::deliver(comm, sample.drawn, target)
      .move(comm, std::span<const Real>(values), static_cast<std::size_t>(rows.columns),
            std::span<Real>(result.values));
  return result;
}

template <class Real>
Embedding<Real> among_all(const Communicator& comm, const Embedding<Real>& map, const Subsample& sample) {
  std::vector<GlobalIndex> wanted;
  std::copy_if(sample.number.begin(), sample.number.end(), std::back_inserter(wanted),
               [](GlobalIndex number) { return number != not_drawn; });
  const auto dims = static_cast<std::size_t>(map.columns);
  std::vector<Real> places(wanted.size() * dims);
  RowExchange::fetch(comm, map.partition, wanted)
      .move(comm, std::span<const Real>(map.values), dims, std::span<Real>(places));
  Embedding<Real> result(sample.all, comm.rank(), map.columns);
  auto place = places.begin();
  for (LocalIndex i = 0; i < result.local_rows(); ++i) {
    for (Real& value : result.row(i)) {
      const bool drawn = sample.number[static_cast<std::size_t>(i)] != not_drawn;
      value = drawn ? *place++ : std::numeric_limits<Real>::quiet_NaN();
    }
  }
  return result;
}

template SparseMatrix<float> drawn_part(const Communicator&, const SparseMatrix<float>&, std::span<const GlobalIndex>,
                                        Subsample&);
template SparseMatrix<double> drawn_part(const Communicator&, const SparseMatrix<double>&, std::span<const GlobalIndex>,
                                         Subsample&);
template DistributedMatrix<float> drawn_part(const Communicator&, const DistributedMatrix<float>&, const Subsample&);
template DistributedMatrix<double> drawn_part(const Communicator&, const DistributedMatrix<double>&, const Subsample&);
template Embedding<float> among_all(const Communicator&, const Embedding<float>&, const Subsample&);
template Embedding<double> among_all(const Communicator&, const Embedding<double>&, const Subsample&);

}  // namespace distsne
