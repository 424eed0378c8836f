/// The weights of a run's rows: checked and summed up, and in another order than that of the input.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/row_weights.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/config.hpp"
#include "pipeline/run.hpp"

namespace distsne {

/// Collective. Throws Error everywhere (bad input) where the options have no weights, or neighbors are given as a
/// matrix; `what` is how the user has named the weights.
void require_weights_served(const Communicator& comm, const MapOptions& options, bool of_matrix,
                            const std::string& what);

/// Collective. Weights of all rows, of which this rank gives those of its even block, with their sums; empty where all
/// are 1. Throws Error everywhere (bad input) where one is not a finite number above 0, also in the precision of the
/// run; `whose` says in words whose it is by the row.
[[nodiscard]] std::optional<PlannedWeights> plan_weights(const Communicator& comm, std::span<const double> own,
                                                         const RowPartition& even, Precision precision,
                                                         const std::function<std::string(GlobalIndex)>& whose);

/// The weights of this rank's even block of the input's rows, if rows have any.
template <class Real>
[[nodiscard]] RowWeights<Real> in_input_order(const std::optional<PlannedWeights>& weights) {
  return weights ? RowWeights<Real>(AlignedVector<Real>(weights->own.begin(), weights->own.end())) : RowWeights<Real>();
}

/// Collective. The weights of the input's rows `input_row`, if rows have any.
template <class Real>
[[nodiscard]] RowWeights<Real> weights_of(const Communicator& comm, const MapPlan& plan,
                                          const std::vector<GlobalIndex>& input_row) {
  if (!plan.weights) {
    return {};
  }
  std::vector<double> moved(input_row.size());
  RowExchange::fetch(comm, RowPartition(plan.rows, comm.size()), input_row)
      .move(comm, std::span<const double>(plan.weights->own), 1, std::span<double>(moved));
  AlignedVector<Real> weights(moved.size());
  std::transform(moved.begin(), moved.end(), weights.begin(), [](double weight) { return static_cast<Real>(weight); });
  return weights;
}

}  // namespace distsne
