/// Rows in inverted lists, spread over the ranks in the order of the lists: the working order.
#pragma once

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "neighbors/centroids.hpp"
#include "neighbors/scan.hpp"

namespace distsne {

struct InvertedLists {
  Centroids centroids;             // one of each list; the parts of a long list have the same one
  std::vector<GlobalIndex> begin;  // lists + 1: first working row of each list
  DistributedMatrix<float>
      rows;  // this rank's working rows, even over the ranks; lists may go over from one to the next
  std::vector<GlobalIndex> input_row;

  LocalIndex first_list = 0;            // of the lists that this rank holds rows of
  std::vector<LocalIndex> piece_begin;  // first local row of each of those, and the end
  PackedRows packed;                    // block b: the rows of list first_list + b on this rank

  [[nodiscard]] LocalIndex count() const { return centroids.count; }
  [[nodiscard]] LocalIndex pieces() const { return static_cast<LocalIndex>(piece_begin.size()) - 1; }
  /// Rows of a list, over all ranks.
  [[nodiscard]] GlobalIndex length(LocalIndex list) const {
    return begin[static_cast<std::size_t>(list) + 1] - begin[static_cast<std::size_t>(list)];
  }
  /// The list of a working row.
  [[nodiscard]] LocalIndex list_of(GlobalIndex row) const;
};

/// Collective. Sorts the rows into about `wanted` lists and brings them to the ranks that own them. Lists that are much
/// longer than the average, as many equal rows make them, are cut into parts.
[[nodiscard]] InvertedLists make_lists(const Communicator& comm, DistributedMatrix<float>&& x, LocalIndex wanted,
                                       std::uint64_t seed);

}  // namespace distsne
