/// Moving rows between ranks by a plan that is made once and used again and again.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// Which row goes from where to where. Rows are blocks of values of any trivially copyable type; their width is given
/// at each use. The buffers belong to the caller.
class RowExchange {
 public:
  /// Collective. A plan that brings the rows `wanted` (global, in any order, also repeated) from their owners.
  static RowExchange fetch(const Communicator& comm, const RowPartition& owners, std::span<const GlobalIndex> wanted);

  /// Collective. A plan that takes each own row to a place: row i of this rank becomes row target[i] of `owners`. Over
  /// all ranks the targets are every row of `owners` once.
  static RowExchange deliver(const Communicator& comm, const RowPartition& owners, std::span<const GlobalIndex> target);

  /// Rows that arrive at this rank.
  [[nodiscard]] std::size_t arriving() const { return arriving_; }
  /// Bytes that this rank sends to others for rows of `row_bytes`.
  [[nodiscard]] std::size_t bytes_sent(std::size_t row_bytes) const { return leaving_ * row_bytes; }

  /// Collective. `own` are the rows of this rank, `out` the arriving() rows in their places; `width` values a row.
  template <class T>
  void move(const Communicator& comm, std::span<const T> own, std::size_t width, std::span<T> out) const {
    static_assert(std::is_trivially_copyable_v<T>);
    move_bytes(comm, std::as_bytes(own), width * sizeof(T), std::as_writable_bytes(out));
  }

 private:
  void move_bytes(const Communicator& comm, std::span<const std::byte> own, std::size_t row_bytes,
                  std::span<std::byte> out) const;

  std::vector<LocalIndex> departing_;  // own rows, in the order of the ranks they go to
  std::vector<RankCount> to_;          // rows for each rank that gets some
  std::vector<RankCount> from_;        // and from each rank that has some
  std::vector<std::uint32_t> place_;   // of each row in the order of arrival; empty when that is the order wanted
  std::size_t arriving_ = 0;
  std::size_t leaving_ = 0;  // rows that go to other ranks
};

/// Collective. Whether `named` names, over all ranks, every row of the partition once.
[[nodiscard]] bool names_every_row_once(const Communicator& comm, const RowPartition& partition,
                                        std::span<const GlobalIndex> named);

}  // namespace distsne
