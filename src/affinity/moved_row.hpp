/// The affinities of a row and others, were it elsewhere than it is.
#pragma once

#include <span>
#include <vector>

#include "distsne/affinity/options.hpp"
#include "distsne/base/aligned.hpp"

namespace distsne {

/// Finds q_j = (p_j|i + p_i|j) / 2 of a row i that was moved, as in the leave-one-out map of Liu, Ma and Zhong 2025
/// ("Assessing and improving reliability of neighbor embedding methods: a map-continuity perspective"): the row's own
/// Gaussian is fitted anew to where it is, and those of the others keep their widths. Of rows with weights
/// (data/row_weights.hpp) one of the points that the row stands for moves, and its duplicates stay as one more of the
/// others; a row of a weight below 1 moves as a whole. Memory to work in is kept from row to row: one object for each
/// thread.
class MovedRow {
 public:
  /// Rows have `k` neighbors each, whose affinities are as `options` say; and weights or none.
  MovedRow(const AffinityOptions& options, LocalIndex k, bool weighted = false);

  /// Numbers that describe how the affinities of a row depend on the distance.
  [[nodiscard]] std::size_t width() const { return 2 + 2 * components_.size(); }
  /// Describes a row with k neighbors at these distances, which rise, in width() numbers. Where rows have weights, its
  /// own and those of the neighbors; else 1 and none.
  void describe(std::span<const float> distances, double weight, std::span<const double> weights,
                std::span<double> description);

  /// Another row as the moved one sees it.
  struct Other {
    double before = 0.0;        ///< squared distance of the two rows as they are
    double after = 0.0;         ///< and after the move
    const double* description;  ///< of the other row
    double weight = 1.0;        ///< how many points it stands for
  };
  /// q_j of at least k others; of these the k nearest are the moved row's neighbors, or k + 1 where its `duplicates`
  /// are the last of them. `moving` is how much of a point moves: the weight of the row where that is below 1, else 1.
  void affinities(std::span<const Other> others, double moving, bool duplicates, std::span<double> q);

 private:
  std::vector<AffinityOptions> components_;  // whose affinities are averaged
  AffinityOptions options_;
  std::size_t k_;
  bool weighted_;
  AlignedVector<double> values_;
  AlignedVector<double> weights_;  // as long as the values; empty where rows have none
  AlignedVector<double> scratch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace distsne
