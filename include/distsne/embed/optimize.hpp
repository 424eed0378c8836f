/// The distributed loop: points out, gradient rows, update; phase after phase.
#pragma once

#include <functional>
#include <vector>

#include "distsne/data/run_record.hpp"
#include "distsne/embed/objective.hpp"
#include "distsne/embed/schedule.hpp"
#include "distsne/embed/update.hpp"

namespace distsne {

/// Where the loop stands, for whoever watches it.
struct IterationReport {
  int iteration = 0;  ///< updates made
  int total_iterations = 0;
  const Phase* phase = nullptr;
  double kl = 0.0;  ///< the last cost that was computed
  double gradient_norm = 0.0;
  double force_error = 0.0;  ///< as last measured
  bool measured = false;     ///< kl and gradient_norm are of this iteration
};

struct OptimizeOptions {
  std::vector<Phase> phases;
  Optimizer optimizer = Optimizer::gains;
  int calibrate_every = 50;  ///< iterations between two measurements of the field's error, which may change its grid
  bool reorder = true;       ///< bring neighbors together in memory after 50, 100, 200, 400, ... iterations
  int measure_every = 50;  ///< iterations between two entries of the history; the first and last state have one always
};

/// A map on its way, and which row of the input each of its rows is: the order changes as the map takes shape.
template <class Real>
struct MovingMap {
  Embedding<Real> map;
  std::vector<GlobalIndex> input_row;  ///< of each row of this rank; empty where rows stay in the order of the input
};

/// Collective. Moves the map by the phases; `watch` is called on every rank once per iteration and must not
/// communicate. Throws Error everywhere when the map diverges. Returns the history.
template <class Real>
std::vector<HistoryEntry> optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
                                   MovingMap<Real>& moving, Timers& timers,
                                   const std::function<void(const IterationReport&)>& watch);

extern template std::vector<HistoryEntry> optimize(const Communicator&, Objective<float>&, const OptimizeOptions&,
                                                   MovingMap<float>&, Timers&,
                                                   const std::function<void(const IterationReport&)>&);
extern template std::vector<HistoryEntry> optimize(const Communicator&, Objective<double>&, const OptimizeOptions&,
                                                   MovingMap<double>&, Timers&,
                                                   const std::function<void(const IterationReport&)>&);

}  // namespace distsne
