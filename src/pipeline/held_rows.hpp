/// Rows that are held near places, or at them, in the map of a run.
#pragma once

#include <memory>
#include <optional>

#include "embed/anchors.hpp"
#include "embed/optimize.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// Collective. Where a run begins: moving.map becomes the earlier map of the plan in the order of moving.input_row,
/// with new rows placed by `affinities`, which have that order. Returns its common rows as anchors.
template <class Real>
[[nodiscard]] Anchors<Real> begin_with_earlier(const Run& run, const AffinityRows<Real>& affinities,
                                               MovingMap<Real>& moving);

/// Collective. The objective with the anchors that the options ask for: those, or the map of principal components,
/// which is `start`; the objective itself where they ask for none.
template <class Real>
[[nodiscard]] std::unique_ptr<Objective<Real>> hold_rows(const Run& run, std::unique_ptr<Objective<Real>> objective,
                                                         std::optional<Anchors<Real>>&& anchors,
                                                         const Embedding<Real>& start);

}  // namespace distsne
