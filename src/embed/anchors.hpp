/// Rows of a map held near given places by springs, or where they are.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "embed/objective.hpp"

namespace distsne {

/// The term lambda T / N sum_i w_i |y_i - a y'_i|^2 of an objective whose cost is a sum over T distributions (the rows
/// for sne, else 1), y'_i the anchors (Kury, Kobak and Damrich 2025, "DREAMS: Preserving both local and global
/// structure in dimensionality reduction"). Where the map's rows have weights (data/row_weights.hpp), the term is that
/// of the expanded set: a row of weight m stands m times in all sums, and N is the sum of the weights.
template <class Real>
struct Anchors {
  double strength = 0.0;  ///< lambda
  /// a is the scale that makes the term least, sum_i w_i y_i y'_i / sum_i w_i |y'_i|^2, so that only the arrangement of
  /// the anchors counts; else it is 1.
  bool at_any_scale = false;
  Embedding<Real> places;          ///< y'
  std::vector<std::uint8_t> held;  ///< w of each row of this rank, 0 or 1; empty: 1 for all
};

/// Not collective. The objective with that term, which no exaggeration touches; rows are anchored in the order that
/// they have now, and anchors follow when rows are reordered. All maps that it is evaluated at have the same weights.
template <class Real>
[[nodiscard]] std::unique_ptr<Objective<Real>> anchored(std::unique_ptr<Objective<Real>> objective,
                                                        Anchors<Real>&& anchors);

/// Not collective. The objective of a map in which the rows with w = 1 stay at their anchors to the bit: its gradient
/// by them is 0, and Objective::hold puts them there. Strength and scale are of no effect.
template <class Real>
[[nodiscard]] std::unique_ptr<Objective<Real>> with_fixed_rows(std::unique_ptr<Objective<Real>> objective,
                                                               Anchors<Real>&& anchors);

extern template std::unique_ptr<Objective<float>> anchored(std::unique_ptr<Objective<float>>, Anchors<float>&&);
extern template std::unique_ptr<Objective<double>> anchored(std::unique_ptr<Objective<double>>, Anchors<double>&&);
extern template std::unique_ptr<Objective<float>> with_fixed_rows(std::unique_ptr<Objective<float>>, Anchors<float>&&);
extern template std::unique_ptr<Objective<double>> with_fixed_rows(std::unique_ptr<Objective<double>>,
                                                                   Anchors<double>&&);

}  // namespace distsne
