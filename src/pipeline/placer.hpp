/// New rows in a map that stays as it is.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "field/frozen_field.hpp"
#include "io/map_file.hpp"
#include "neighbors/reference.hpp"
#include "pipeline/config.hpp"
#include "pipeline/weights_of_rows.hpp"

namespace distsne {

/// The map, its rows to search in and its field, and what each of its rows tells those that come near it.
class Placer {
 public:
  /// Collective. `reference` are the rows of the map, prepared as its run had them, `weights` and `labels` theirs, or
  /// none.
  Placer(const Communicator& comm, const Config& config, const MapDescription& map,
         const std::optional<PlannedWeights>& weights, const ClassLabels& labels, DistributedMatrix<float>&& reference);

  /// Not collective. The first of these rows that is too far away to be placed, or -1.
  [[nodiscard]] LocalIndex first_too_far(const DistributedMatrix<float>& x) const;

  /// Collective. Places rows, none of them too far, prepared as those of the map, and writes where they are, their
  /// novelty and label from the row `first` of this rank on. Throws Stopped.
  void place(DistributedMatrix<float>&& x, std::size_t first, PlacedRows& placed) const;

  /// Whether the nearest rows are found by comparing all.
  [[nodiscard]] bool exact() const { return rows_.exact(); }

 private:
  struct Scratch;
  [[nodiscard]] NeighborOptions search_options() const;
  /// Values that each reference row tells: its place, then these.
  enum Fact : std::size_t { own_distance, label_bits, own_weight, facts_beside_place };
  [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(map_.columns) + facts_beside_place; }
  [[nodiscard]] float fact(std::span<const float> facts, std::size_t neighbor, Fact which) const {
    return facts[neighbor * width() + static_cast<std::size_t>(map_.columns) + which];
  }
  void place_row(std::span<const float> distances, std::span<const float> facts, Scratch& scratch, std::size_t row,
                 PlacedRows& placed) const;
  [[nodiscard]] float novelty(std::span<const float> distances, std::span<const float> facts) const;
  void vote(std::span<const float> facts, std::int32_t& label, float& share) const;

  const Communicator& comm_;
  const Config& config_;
  Kernel kernel_;
  AffinityOptions affinity_;
  LocalIndex k_;
  ReferenceRows rows_;
  Embedding<float> map_;  // in the working order of the reference rows
  bool weighted_;
  double points_;  // that the rows of the map stand for
  FrozenField field_;
  std::vector<float> facts_;  // of the reference rows of this rank
};

}  // namespace distsne
