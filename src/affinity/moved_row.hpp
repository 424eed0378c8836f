/// The affinities of a row and others, were it elsewhere than it is.
#pragma once

#include <span>
#include <vector>

#include "distsne/affinity/options.hpp"
#include "distsne/base/aligned.hpp"

namespace distsne {

/// Finds q_j = (p_j|i + p_i|j) / 2 of a row i that was moved, as in the leave-one-out map of Liu, Ma and Zhong 2025
/// ("Assessing and improving reliability of neighbor embedding methods: a map-continuity perspective"): the row's own
/// Gaussian is fitted anew to where it is, and those of the others keep their widths. Memory to work in is kept from
/// row to row: one object for each thread.
class MovedRow {
 public:
  /// Rows have `k` neighbors each, whose affinities are as `options` say.
  MovedRow(const AffinityOptions& options, LocalIndex k);

  /// Numbers that describe how the affinities of a row depend on the distance.
  [[nodiscard]] std::size_t width() const { return 2 + 2 * components_.size(); }
  /// Describes a row with k neighbors at these distances, which rise, in width() numbers.
  void describe(std::span<const float> distances, std::span<double> description);

  /// Another row as the moved one sees it.
  struct Other {
    double before = 0.0;        ///< squared distance of the two rows as they are
    double after = 0.0;         ///< and after the move
    const double* description;  ///< of the other row
  };
  /// q_j of at least k others; of these the k nearest are the moved row's neighbors.
  void affinities(std::span<const Other> others, std::span<double> q);

 private:
  std::vector<AffinityOptions> components_;  // whose affinities are averaged
  AffinityOptions options_;
  std::size_t k_;
  AlignedVector<double> values_;
  AlignedVector<double> scratch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace distsne
