/// Entries of sparse matrices, by rows at their place, by columns in passing.
#include "io/sparse_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex piece_entries = GlobalIndex{1} << 22U;  // read at a time

Error lies(const SparseLists& lists, const std::string& what) {
  return Error(fmt::format("{}: {}; the file is damaged", lists.place, what), ExitCode::bad_input);
}

/// Where lines [first, first + count) begin, and the last one ends.
std::vector<std::int64_t> begins_of(const SparseLists& lists, GlobalIndex first, GlobalIndex count) {
  if (lists.values.length() != lists.indices.length()) {
    throw lies(lists, fmt::format("it has {} values and {} indices", lists.values.length(), lists.indices.length()));
  }
  if (first + count >= lists.begins.length()) {
    throw lies(lists, fmt::format("'indptr' does not fit its {} x {}", lists.rows, lists.columns));
  }
  std::vector<std::int64_t> begin(static_cast<std::size_t>(count) + 1);
  lists.begins.read(first, std::span(begin));
  const auto falls = std::adjacent_find(begin.begin(), begin.end(), [](auto a, auto b) { return b < a; });
  if (falls != begin.end() || begin.front() < 0 || begin.back() > lists.values.length()) {
    throw lies(lists, fmt::format("'indptr' leads out of its {} entries, or falls", lists.values.length()));
  }
  return begin;
}

void require_below(const SparseLists& lists, std::int64_t index, GlobalIndex limit, const char* what) {
  if (index < 0 || index >= limit) {
    throw lies(lists, fmt::format("an index is {}, and there are {} {}", index, limit, what));
  }
}

template <class Real>
void read_by_rows(const SparseLists& lists, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                  const RowSource::Leave& leave) {
  const std::vector<std::int64_t> begin = begins_of(lists, first, count);
  out.begin.resize(begin.size());
  std::transform(begin.begin(), begin.end(), out.begin.begin(), [&](auto place) { return place - begin.front(); });
  const GlobalIndex entries = out.begin.back();
  out.columns.resize(static_cast<std::size_t>(entries));
  out.values.resize(static_cast<std::size_t>(entries));
  std::vector<std::int64_t> indices;
  for (GlobalIndex done = 0; done < entries && !leave(); done += piece_entries) {
    const auto piece = static_cast<std::size_t>(std::min(piece_entries, entries - done));
    const auto at = static_cast<std::size_t>(done);
    indices.resize(piece);
    lists.indices.read(begin.front() + done, std::span(indices));
    lists.values.read(begin.front() + done, std::span(out.values).subspan(at, piece));
    for (std::size_t e = 0; e < piece; ++e) {
      require_below(lists, indices[e], lists.columns, "columns");
      out.columns[at + e] = static_cast<CompactIndex>(indices[e]);
    }
  }
}

/// Calls use(row, column, entry in the piece) for all entries of rows from `first` on, after read(piece begin,
/// entries).
template <class Read, class Use>
void for_entries_by_columns(const SparseLists& lists, const std::vector<std::int64_t>& begin, GlobalIndex first,
                            LocalIndex count, const RowSource::Leave& leave, const Read& read, const Use& use) {
  std::vector<std::int64_t> indices;
  std::size_t column = 0;
  for (GlobalIndex at = begin.front(); at < begin.back() && !leave(); at += piece_entries) {
    indices.resize(static_cast<std::size_t>(std::min(piece_entries, begin.back() - at)));
    lists.indices.read(at, std::span(indices));
    read(at, indices.size());
    for (std::size_t e = 0; e < indices.size(); ++e) {
      while (at + static_cast<GlobalIndex>(e) >= begin[column + 1]) {
        ++column;
      }
      require_below(lists, indices[e], lists.rows, "rows");
      if (indices[e] >= first && indices[e] < first + count) {
        use(static_cast<std::size_t>(indices[e] - first), column, e);
      }
    }
  }
}

template <class Real>
void read_by_columns(const SparseLists& lists, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                     const RowSource::Leave& leave) {
  const std::vector<std::int64_t> begin = begins_of(lists, 0, lists.columns);
  std::vector<std::int64_t> place(static_cast<std::size_t>(count) + 1, 0);
  for_entries_by_columns(
      lists, begin, first, count, leave, [](GlobalIndex, std::size_t) {},
      [&](std::size_t row, std::size_t, std::size_t) { ++place[row + 1]; });
  for (std::size_t row = 1; row < place.size(); ++row) {
    place[row] += place[row - 1];
  }
  out.begin = place;
  out.columns.resize(static_cast<std::size_t>(place.back()));
  out.values.resize(static_cast<std::size_t>(place.back()));
  std::vector<Real> values;
  for_entries_by_columns(
      lists, begin, first, count, leave,
      [&](GlobalIndex at, std::size_t entries) {
        values.resize(entries);
        lists.values.read(at, std::span(values));
      },
      [&](std::size_t row, std::size_t column, std::size_t e) {
        const auto to = static_cast<std::size_t>(place[row]++);
        if (to < out.values.size()) {  // the file may change between the two times that it is read
          out.columns[to] = static_cast<CompactIndex>(column);
          out.values[to] = values[e];
        }
      });
}

}  // namespace

template <class Real>
void read_sparse_lists(const SparseLists& lists, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                       const RowSource::Leave& leave) {
  out = {};
  if (count == 0) {
    return;
  }
  if (lists.by_rows) {
    read_by_rows(lists, first, count, out, leave);
  } else {
    read_by_columns(lists, first, count, out, leave);
  }
}

template void read_sparse_lists(const SparseLists&, GlobalIndex, LocalIndex, SparseBlock<float>&,
                                const RowSource::Leave&);
template void read_sparse_lists(const SparseLists&, GlobalIndex, LocalIndex, SparseBlock<double>&,
                                const RowSource::Leave&);

}  // namespace distsne
