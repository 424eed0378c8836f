/// Reading the rows of a rank from a dataset.
#pragma once

#include <functional>
#include <span>

#include "distsne/base/types.hpp"
#include "io/input.hpp"

namespace distsne {

/// One process. Fills `out` with whole rows of a 2-D dataset, from `first_row` on, or with values of a 1-D one, whose
/// rows have one column; any integer or float type, chunking and compression is converted. Between pieces of 64 MiB,
/// `leave` may say that the rest need not be read. Throws Error (I/O).
template <class Value>
void read_rows(
    const InputDescription& input, GlobalIndex first_row, std::span<Value> out,
    const std::function<bool()>& leave = [] { return false; });

/// One process. The same of a 2-D dataset whose columns are the rows that are wanted.
template <class Value>
void read_columns(const InputDescription& input, GlobalIndex first_row, std::span<Value> out,
                  const std::function<bool()>& leave);

extern template void read_columns(const InputDescription&, GlobalIndex, std::span<std::int64_t>,
                                  const std::function<bool()>&);
extern template void read_columns(const InputDescription&, GlobalIndex, std::span<float>, const std::function<bool()>&);
extern template void read_columns(const InputDescription&, GlobalIndex, std::span<double>,
                                  const std::function<bool()>&);
extern template void read_rows(const InputDescription&, GlobalIndex, std::span<float>, const std::function<bool()>&);
extern template void read_rows(const InputDescription&, GlobalIndex, std::span<double>, const std::function<bool()>&);
extern template void read_rows(const InputDescription&, GlobalIndex, std::span<std::int64_t>,
                               const std::function<bool()>&);
extern template void read_rows(const InputDescription&, GlobalIndex, std::span<CompactIndex>,
                               const std::function<bool()>&);

}  // namespace distsne
