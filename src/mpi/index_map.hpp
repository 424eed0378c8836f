/// Rows that a rank knows, its own and ghost rows of others, by local places.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "distsne/base/types.hpp"
#include "distsne/mpi/partition.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {

/// Global rows to local places: own rows first, then the ghost rows, in rising order each.
class IndexMap {
 public:
  IndexMap() = default;
  /// Not collective. The ghost rows are those among `named` that `rank` does not own.
  IndexMap(const RowPartition& owners, Rank rank, std::span<const CompactIndex> named);

  [[nodiscard]] std::size_t own() const { return own_; }
  [[nodiscard]] const std::vector<GlobalIndex>& ghosts() const { return ghosts_; }
  [[nodiscard]] std::size_t size() const { return own_ + ghosts_.size(); }

  /// The place of an own row or a ghost row; no other may be asked for.
  [[nodiscard]] std::size_t local(GlobalIndex row) const {
    const GlobalIndex place = row - first_;
    if (place >= 0 && place < static_cast<GlobalIndex>(own_)) {
      return static_cast<std::size_t>(place);
    }
    return own_ + static_cast<std::size_t>(std::lower_bound(ghosts_.begin(), ghosts_.end(), row) - ghosts_.begin());
  }

  /// Collective. The plan that brings the ghost rows from their owners.
  [[nodiscard]] RowExchange fetch(const Communicator& comm) const { return RowExchange::fetch(comm, owners_, ghosts_); }

  /// Collective. `width` values of each own row, followed by those of the ghost rows.
  template <class T>
  [[nodiscard]] std::vector<T> with_ghosts(const Communicator& comm, std::span<const T> own,
                                           std::size_t width = 1) const {
    std::vector<T> all(size() * width);
    std::copy(own.begin(), own.end(), all.begin());
    fetch(comm).move(comm, own, width, std::span<T>(all).subspan(own_ * width));
    return all;
  }

 private:
  RowPartition owners_;
  GlobalIndex first_ = 0;
  std::size_t own_ = 0;
  std::vector<GlobalIndex> ghosts_;
};

}  // namespace distsne
