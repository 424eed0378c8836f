/// Entries in order, one for each column; dense rows from them.
#include "io/sparse_source.hpp"

#include <algorithm>
#include <numeric>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

/// Puts the entries of each row in rising columns and adds those of one column, in the order in which they stood.
template <class Real>
void put_in_order(SparseBlock<Real>& block) {
  bool in_order = true;
  for (std::size_t row = 0; in_order && row + 1 < block.begin.size(); ++row) {
    for (std::int64_t e = block.begin[row] + 1; e < block.begin[row + 1]; ++e) {
      in_order =
          in_order && block.columns[static_cast<std::size_t>(e - 1)] < block.columns[static_cast<std::size_t>(e)];
    }
  }
  if (in_order) {
    return;
  }
  std::size_t kept = 0;
  std::vector<std::size_t> order;
  std::vector<CompactIndex> columns;
  std::vector<Real> values;
  std::int64_t begin = 0;
  for (std::size_t row = 0; row + 1 < block.begin.size(); ++row) {
    const std::int64_t end = block.begin[row + 1];
    const auto count = static_cast<std::size_t>(end - begin);
    columns.assign(block.columns.begin() + begin, block.columns.begin() + end);
    values.assign(block.values.begin() + begin, block.values.begin() + end);
    order.resize(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return columns[a] < columns[b]; });
    const std::size_t first = kept;
    for (const std::size_t e : order) {
      if (kept > first && block.columns[kept - 1] == columns[e]) {
        block.values[kept - 1] += values[e];
      } else {
        block.columns[kept] = columns[e];
        block.values[kept] = values[e];
        ++kept;
      }
    }
    begin = end;
    block.begin[row + 1] = static_cast<std::int64_t>(kept);
  }
  block.columns.resize(kept);
  block.values.resize(kept);
}

}  // namespace

void RowSource::read(GlobalIndex /*first*/, std::span<std::int64_t> /*out*/, const Leave& /*leave*/) const {
  throw Error("this file has no integers to read", ExitCode::io_failure);
}
void RowSource::read_sparse(GlobalIndex /*first*/, LocalIndex /*count*/, SparseBlock<float>& /*out*/,
                            const Leave& /*leave*/) const {
  throw Error("the rows of this file are not sparse", ExitCode::failure);
}

void RowSource::read_sparse(GlobalIndex /*first*/, LocalIndex /*count*/, SparseBlock<double>& /*out*/,
                            const Leave& /*leave*/) const {
  throw Error("the rows of this file are not sparse", ExitCode::failure);
}

template <class Real>
void SparseSource::fill(GlobalIndex first, std::span<Real> out, const Leave& leave) const {
  if (out.empty()) {
    return;
  }
  SparseBlock<Real> block;
  read_sparse(first, narrow<LocalIndex>(static_cast<GlobalIndex>(out.size()) / columns_), block, leave);
  std::fill(out.begin(), out.end(), Real{0});
  for (std::size_t row = 0; row + 1 < block.begin.size(); ++row) {
    Real* const values = out.data() + row * static_cast<std::size_t>(columns_);
    for (auto e = static_cast<std::size_t>(block.begin[row]); e < static_cast<std::size_t>(block.begin[row + 1]); ++e) {
      values[block.columns[e]] = block.values[e];
    }
  }
}

void SparseSource::read(GlobalIndex first, std::span<float> out, const Leave& leave) const { fill(first, out, leave); }
void SparseSource::read(GlobalIndex first, std::span<double> out, const Leave& leave) const { fill(first, out, leave); }

void SparseSource::read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const {
  read_entries(first, count, out, leave);
  put_in_order(out);
}
void SparseSource::read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<double>& out,
                               const Leave& leave) const {
  read_entries(first, count, out, leave);
  put_in_order(out);
}

}  // namespace distsne
