/// The distributed loop: points out, gradient rows, update; phase after phase.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/row_weights.hpp"
#include "distsne/data/run_record.hpp"
#include "distsne/embed/iteration_report.hpp"
#include "distsne/embed/schedule.hpp"
#include "embed/objective.hpp"
#include "embed/pace.hpp"
#include "embed/update.hpp"

namespace distsne {

struct OptimizeOptions {
  std::vector<Phase> phases;
  Optimizer optimizer = Optimizer::gains;
  PaceOptions pace;
  int calibrate_every = 50;  ///< iterations between two measurements of the field's error, which may change its grid
  bool reorder = true;       ///< bring neighbors together in memory after 50, 100, 200, 400, ... iterations
  int measure_every = 50;  ///< iterations between two entries of the history; the first and last state have one always
  /// Called on every rank with what the user should know of the course of the loop; may be empty.
  std::function<void(const std::string&)> tell;
};

/// A map on its way, and which row of the input each of its rows is: the order changes as the map takes shape.
template <class Real>
struct MovingMap {
  Embedding<Real> map;
  std::vector<GlobalIndex> input_row;  ///< of each row of this rank; empty where rows stay in the order of the input
  RowWeights<Real> weights = {};       ///< of the rows of this rank
};

/// All that the loop carries from one iteration to the next, but for what the field has chosen (Field::fit): with both,
/// a loop can be left and gone on with elsewhere, to the same bits.
template <class Real>
struct LoopState {
  MovingMap<Real> moving;
  OptimizerState<Real> optimizer;
  int iteration = 0;  ///< updates made
  double kl = 0.0;
  double gradient_norm = 0.0;
  double force_error = 0.0;
  std::vector<HistoryEntry> history;
  Pace pace;
  AlignedVector<Real> good_map;  ///< the last good map, in the present order of the rows
  Ending ending = Ending::none;

  /// At the start of the first iteration.
  explicit LoopState(MovingMap<Real>&& start)
      : moving(std::move(start)), optimizer(moving.map.values.size()), good_map(moving.map.values) {}
};

/// Collective. Moves the map by the phases, from the iteration that the state is at; `watch` is called on every rank
/// once per iteration and must not communicate. `after_update`, if there is one, is called after every update and may
/// communicate; the loop is left when it returns true, the same on all ranks. Returns whether the end was reached;
/// state.ending tells why.
/// A map that diverges (a value that is not finite, a cost that has risen far above its least one, or a span beyond all
/// use) goes back to the last good one with a quarter of the step and less momentum, pace.most_recoveries times; then
/// the loop throws DivergedMap everywhere, with iteration and row.
template <class Real>
bool optimize(const Communicator& comm, Objective<Real>& objective, const OptimizeOptions& options,
              LoopState<Real>& state, Timers& timers, const std::function<void(const IterationReport&)>& watch,
              const std::function<bool()>& after_update = {});

/// Collective. Whether every place, step and gain is a finite number: a state that is worth keeping.
template <class Real>
[[nodiscard]] bool all_finite(const Communicator& comm, const LoopState<Real>& state);

/// Collective. The place in the order of `moving` of each row that stands in another order now: `input_row` has the
/// input rows of this rank's rows there. Both orders are of even blocks.
template <class Real>
[[nodiscard]] std::vector<GlobalIndex> places_in(const Communicator& comm, const MovingMap<Real>& moving,
                                                 std::span<const GlobalIndex> input_row);

extern template bool optimize(const Communicator&, Objective<float>&, const OptimizeOptions&, LoopState<float>&,
                              Timers&, const std::function<void(const IterationReport&)>&,
                              const std::function<bool()>&);
extern template bool optimize(const Communicator&, Objective<double>&, const OptimizeOptions&, LoopState<double>&,
                              Timers&, const std::function<void(const IterationReport&)>&,
                              const std::function<bool()>&);
extern template bool all_finite(const Communicator&, const LoopState<float>&);
extern template bool all_finite(const Communicator&, const LoopState<double>&);
extern template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<float>&,
                                                   std::span<const GlobalIndex>);
extern template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<double>&,
                                                   std::span<const GlobalIndex>);

}  // namespace distsne
