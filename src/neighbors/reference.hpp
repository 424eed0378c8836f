/// The nearest rows of one set, for rows of another.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "neighbors/neighbors.hpp"

namespace distsne {

/// What a search among reference rows has found for rows of this rank.
struct ForeignNeighbors {
  LocalIndex k = 0;
  std::vector<CompactIndex> neighbors;  ///< n x k working rows of the reference, by rising distance
  std::vector<float> distances;         ///< n x k, in the unit of the rows
};

/// A set of rows that is searched again and again, in the inverted lists of find_neighbors. What is found for a row
/// depends on that row and the reference alone: not on the rows searched with it, nor on ranks or threads.
class ReferenceRows {
 public:
  /// Collective. Takes the rows, and brings them into a working order. `options` as for find_neighbors, but that k may
  /// be all rows; the effort of an approximate search is fitted to rows of the reference itself.
  ReferenceRows(const Communicator& comm, DistributedMatrix<float>&& rows, const NeighborOptions& options);
  ~ReferenceRows();
  ReferenceRows(const ReferenceRows&) = delete;
  ReferenceRows& operator=(const ReferenceRows&) = delete;
  ReferenceRows(ReferenceRows&&) = delete;
  ReferenceRows& operator=(ReferenceRows&&) = delete;

  /// The blocks of the working order, and the row that each of this rank's working rows was.
  [[nodiscard]] const RowPartition& partition() const;
  [[nodiscard]] const std::vector<GlobalIndex>& input_row() const;
  [[nodiscard]] bool exact() const;

  /// Not collective. Whether a row is so far away that its squared distances leave the range of float.
  [[nodiscard]] bool too_far(std::span<const float> row) const;

  /// Collective. For the rows of this rank, any number of them, none too_far. Equally near rows come in the working
  /// order. Throws Stopped.
  [[nodiscard]] ForeignNeighbors nearest(const DistributedMatrix<float>& rows, LocalIndex k) const;

  /// Collective. The same in rounds, which bound the memory: take(some, found) is called equally often on all ranks,
  /// and may be collective. `found` is of the rows `some` of this rank, near ones of which come together; each comes
  /// once.
  using Take = std::function<void(std::span<const LocalIndex> some, const ForeignNeighbors& found)>;
  void nearest_by_rounds(DistributedMatrix<float>&& rows, LocalIndex k, const Take& take) const;

  /// Collective. For each working row of this rank its mean distance to its k nearest other reference rows, or to all
  /// others where they are fewer; among the rows of the four nearest lists. Throws Stopped.
  [[nodiscard]] std::vector<float> own_distances(LocalIndex k) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace distsne
