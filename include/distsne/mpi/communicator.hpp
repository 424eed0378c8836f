/// A group of ranks and the exchanges between them. Every count may pass INT_MAX: long messages travel in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "distsne/base/exact_sum.hpp"
#include "distsne/base/traffic.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// What goes to a rank, or comes from one: so many elements.
struct RankCount {
  Rank rank = 0;
  std::int64_t count = 0;
  friend bool operator==(const RankCount&, const RankCount&) = default;
};

/// Not collective. Of a list of counts, one for each rank, those that are not 0.
[[nodiscard]] std::vector<RankCount> nonzero_counts(std::span<const std::int64_t> counts);

/// Handle of a communicator; copies share it. All member functions but rank() and size() are collective unless they
/// say otherwise. A failing MPI call throws Error naming the call.
class Communicator {
 public:
  /// All ranks of the job.
  static Communicator world();
  /// This process alone.
  static Communicator self();
  /// Collective. The ranks of a communicator of the caller's, given by its Fortran handle (MPI_Comm_c2f): a duplicate,
  /// which the last copy of this object frees, so that neither messages nor error handlers get mixed. Throws Error when
  /// MPI is not initialized, or finalized already.
  static Communicator duplicate(int fortran_handle);

  [[nodiscard]] Rank rank() const;
  [[nodiscard]] Rank size() const;
  [[nodiscard]] bool is_root() const { return rank() == 0; }

  void barrier() const;
  /// The ranks [0, ranks) of this communicator; the others get one of their own that holds only ranks >= `ranks`.
  [[nodiscard]] Communicator first(Rank ranks) const;
  /// The ranks that share memory with this one.
  [[nodiscard]] Communicator node() const;

  void broadcast_bytes(std::span<std::byte> data, Rank root) const;
  template <class T>
  void broadcast(std::span<T> data, Rank root = 0) const {
    static_assert(std::is_trivially_copyable_v<T>);
    broadcast_bytes(std::as_writable_bytes(data), root);
  }
  template <class T>
  [[nodiscard]] T broadcast_value(T value, Rank root = 0) const {
    broadcast(std::span<T>(&value, 1), root);
    return value;
  }
  [[nodiscard]] std::string broadcast_string(std::string text, Rank root = 0) const;

  /// Element-wise over the ranks, in place.
  void sum(std::span<std::int64_t> values) const;
  void max(std::span<double> values) const;
  void bit_or(std::span<std::uint64_t> values) const;
  [[nodiscard]] std::int64_t sum(std::int64_t value) const;
  [[nodiscard]] std::int64_t min(std::int64_t value) const;
  [[nodiscard]] std::int64_t max(std::int64_t value) const;
  [[nodiscard]] double max(double value) const;
  /// Exact sums over all ranks, rounded once: the same bits for any number of ranks.
  [[nodiscard]] std::vector<double> sum(std::span<const ExactSum> local) const;

  /// Element-wise over the ranks below this one, in place; 0 on rank 0.
  void exclusive_sum(std::span<std::int64_t> values) const;

  /// One value of every rank, in rank order, on every rank.
  [[nodiscard]] std::vector<std::int64_t> all_gather(std::int64_t value) const;
  [[nodiscard]] std::vector<double> all_gather(double value) const;
  /// Blocks of every rank, in rank order, on every rank. `counts` (elements per rank) must be the same everywhere.
  void all_gather_bytes(std::span<const std::byte> own, std::size_t element_bytes, std::span<const GlobalIndex> counts,
                        std::byte* all) const;
  template <class T>
  void all_gather(std::span<const T> own, std::span<const GlobalIndex> counts, T* all) const {
    static_assert(std::is_trivially_copyable_v<T>);
    all_gather_bytes(std::as_bytes(own), sizeof(T), counts, reinterpret_cast<std::byte*>(all));
  }

  /// Tells each rank of `to` how much it is about to be sent; returns what this rank is about to be sent, by rising
  /// ranks. Counts of 0 are passed over. Only ranks that have something for each other send messages, and one barrier
  /// is waited for.
  [[nodiscard]] std::vector<RankCount> announce(std::span<const RankCount> to) const;
  /// Moves the parts that announce() was told of, which lie one after the other, by rising ranks on either side; what
  /// a rank has for itself is copied. Not collective: only ranks that have something for each other meet.
  void sparse_all_to_all(std::span<const std::byte> send, std::span<const RankCount> to, std::span<std::byte> receive,
                         std::span<const RankCount> from, std::size_t element_bytes) const;

  /// Values for every rank and from every rank, one after the other in rank order; returns what was received, and how
  /// much of it is of each rank in `receive_counts`. Ranks with nothing to exchange don't meet.
  template <class T>
  [[nodiscard]] std::vector<T> all_to_all(std::span<const T> send, std::span<const std::int64_t> send_counts,
                                          std::vector<std::int64_t>& receive_counts) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::vector<RankCount> to = nonzero_counts(send_counts);
    const std::vector<RankCount> from = announce(to);
    receive_counts.assign(send_counts.size(), 0);
    std::int64_t total = 0;
    for (const RankCount& part : from) {
      receive_counts[static_cast<std::size_t>(part.rank)] = part.count;
      total += part.count;
    }
    std::vector<T> receive(static_cast<std::size_t>(total));
    sparse_all_to_all(std::as_bytes(send), to, std::as_writable_bytes(std::span<T>(receive)), from, sizeof(T));
    return receive;
  }

  /// Sends to and receives from one partner, which makes the matching call. Not collective.
  void exchange_bytes(Rank partner, std::span<const std::byte> send, std::span<std::byte> receive) const;
  template <class T>
  void exchange(Rank partner, std::span<const T> send, std::span<T> receive) const {
    static_assert(std::is_trivially_copyable_v<T>);
    exchange_bytes(partner, std::as_bytes(send), std::as_writable_bytes(receive));
  }

  /// Passes each rank's block once round all ranks: calls visit(owner, block) on every rank for every owner, the own
  /// block first, while the next block is under way. `block_bytes` (one size per rank) must be the same everywhere.
  void ring(std::span<const std::byte> own, std::span<const std::size_t> block_bytes,
            const std::function<void(Rank owner, std::span<const std::byte> block)>& visit) const;

  /// A copy whose messages are cut into pieces of at most `bytes`; for tests of the cutting. Not collective.
  [[nodiscard]] Communicator with_largest_message(std::size_t bytes) const;

  struct Native;  // holds the MPI_Comm; defined in mpi/native.hpp
  [[nodiscard]] const Native& native() const { return *native_; }

 private:
  explicit Communicator(std::shared_ptr<const Native> native, std::size_t largest_message);
  std::shared_ptr<const Native> native_;
  std::size_t largest_message_;
};

}  // namespace distsne
