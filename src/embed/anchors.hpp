/// Rows of a map held near given places by springs.
#pragma once

#include <memory>

#include "distsne/data/matrix.hpp"
#include "embed/objective.hpp"

namespace distsne {

/// The term lambda T / N sum_i |y_i - a y'_i|^2 of an objective whose cost is a sum over T distributions (the rows for
/// sne, else 1), y'_i the anchors (Kury, Kobak and Damrich 2025, "DREAMS: Preserving both local and global structure in
/// dimensionality reduction"). Their scale a is the one that makes the term least, sum_i y_i y'_i / sum_i |y'_i|^2, so
/// that only their arrangement counts.
template <class Real>
struct Anchors {
  double strength = 0.0;   ///< lambda
  Embedding<Real> places;  ///< y'
};

/// Collective. The objective with that term, which no exaggeration touches; rows are anchored in the order that they
/// have now, and anchors follow when rows are reordered.
template <class Real>
[[nodiscard]] std::unique_ptr<Objective<Real>> anchored(const Communicator& comm,
                                                        std::unique_ptr<Objective<Real>> objective,
                                                        Anchors<Real>&& anchors);

extern template std::unique_ptr<Objective<float>> anchored(const Communicator&, std::unique_ptr<Objective<float>>,
                                                           Anchors<float>&&);
extern template std::unique_ptr<Objective<double>> anchored(const Communicator&, std::unique_ptr<Objective<double>>,
                                                            Anchors<double>&&);

}  // namespace distsne
