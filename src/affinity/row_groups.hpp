/// Rows that are worked on in their order, so that the memory of those that are done can be given back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/parallel.hpp"
#include "mpi/interruption.hpp"

namespace distsne {

/// Calls piece(first, end) for pieces of a few rows, on all threads, and done(end) whenever all rows below `end` are
/// done, some MB after the last time. When a stop was asked for, the rest is left out (see stop_if_asked).
template <class Piece, class Done>
void for_row_groups(std::size_t rows, const Piece& piece, const Done& done) {
  constexpr std::size_t rows_per_piece = 64;
  constexpr std::size_t rows_per_group = 256 * rows_per_piece;
  for (std::size_t first = 0; first < rows; first += rows_per_group) {
    const std::size_t end = std::min(rows, first + rows_per_group);
    parallel_for(static_cast<std::int64_t>(divide_up(end - first, rows_per_piece)), [&](std::int64_t index) {
      const std::size_t begin = first + static_cast<std::size_t>(index) * rows_per_piece;
      if (!asked_to_stop()) {
        piece(begin, std::min(end, begin + rows_per_piece));
      }
    });
    done(end);
  }
}

/// The same, where nothing is to be given back.
template <class Piece>
void for_row_groups(std::size_t rows, const Piece& piece) {
  for_row_groups(rows, piece, [](std::size_t) {});
}

}  // namespace distsne
