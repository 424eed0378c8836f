/// The weights of a run's rows in another order than that of the input.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "data/row_weights.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// Collective. The weights of the input's rows `input_row`, if rows have any.
template <class Real>
[[nodiscard]] RowWeights<Real> weights_of(const Run& run, const std::vector<GlobalIndex>& input_row) {
  if (!run.plan.weights) {
    return {};
  }
  std::vector<double> moved(input_row.size());
  RowExchange::fetch(run.comm, RowPartition(run.plan.rows, run.comm.size()), input_row)
      .move(run.comm, std::span<const double>(run.plan.weights->own), 1, std::span<double>(moved));
  AlignedVector<Real> weights(moved.size());
  std::transform(moved.begin(), moved.end(), weights.begin(), [](double weight) { return static_cast<Real>(weight); });
  return weights;
}

}  // namespace distsne
