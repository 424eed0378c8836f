/// Rows of all that the loop carries, moved or looked through.
#include "embed/loop_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "distsne/base/allocation.hpp"
#include "embed/reorder.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {
namespace {

template <class T>
void deliver(const Communicator& comm, const RowExchange& plan, std::size_t width, AlignedVector<T>& values) {
  AlignedVector<T> moved(plan.arriving() * width);
  plan.move(comm, std::span<const T>(values), width, std::span<T>(moved));
  values = std::move(moved);
}

}  // namespace

template <class Real>
void reorder(const Communicator& comm, Objective<Real>& objective, LoopState<Real>& state) {
  MovingMap<Real>& moving = state.moving;
  const std::vector<GlobalIndex> place = places_along_map(comm, moving.map);
  const RowPartition partition(moving.map.rows(), comm.size());
  const RowExchange plan = RowExchange::deliver(comm, partition, place);
  objective.reorder(comm, place, plan);
  const auto dims = static_cast<std::size_t>(moving.map.columns);
  deliver(comm, plan, dims, moving.map.values);
  deliver(comm, plan, dims, state.optimizer.velocity);
  deliver(comm, plan, dims, state.optimizer.gains);
  deliver(comm, plan, dims, state.good_map);
  if (moving.weights) {
    deliver(comm, plan, 1, *moving.weights);
  }
  std::vector<GlobalIndex> input_row(plan.arriving());
  plan.move(comm, std::span<const GlobalIndex>(moving.input_row), 1, std::span<GlobalIndex>(input_row));
  moving.input_row = std::move(input_row);
  moving.map.partition = partition;
  return_free_memory();  // of the rows before
}

template <class Real>
GlobalIndex diverged_row(const Communicator& comm, const LoopState<Real>& state, std::span<const double> gradient) {
  const MovingMap<Real>& moving = state.moving;
  const auto dims = static_cast<std::size_t>(moving.map.columns);
  constexpr GlobalIndex none = std::numeric_limits<GlobalIndex>::max();
  GlobalIndex bad = none;
  GlobalIndex bad_step = none;
  GlobalIndex farthest = none;
  double reach = 0.0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(moving.map.local_rows()); ++i) {
    const GlobalIndex row =
        moving.input_row.empty() ? moving.map.first_row() + static_cast<GlobalIndex>(i) : moving.input_row[i];
    for (std::size_t m = i * dims; m < (i + 1) * dims; ++m) {
      const auto place = std::abs(static_cast<double>(moving.map.values[m]));
      const double step = gradient.empty() ? 0.0 : gradient[m];
      if (!std::isfinite(place) || !std::isfinite(static_cast<double>(state.optimizer.velocity[m]))) {
        bad = std::min(bad, row);
      } else if (!std::isfinite(step)) {
        bad_step = std::min(bad_step, row);
      } else if (place > reach) {
        reach = place;
        farthest = row;
      }
    }
  }
  bad = comm.min(bad);
  bad_step = comm.min(bad_step);
  const bool is_farthest = reach == comm.max(reach);
  farthest = comm.min(is_farthest ? farthest : none);
  return bad != none ? bad : bad_step != none ? bad_step : farthest != none ? farthest : 0;
}

template <class Real>
bool all_finite(const Communicator& comm, const LoopState<Real>& state) {
  const auto finite = [](const AlignedVector<Real>& values) {
    return std::all_of(values.begin(), values.end(), [](Real value) { return std::isfinite(value); });
  };
  const bool fine =
      finite(state.moving.map.values) && finite(state.optimizer.velocity) && finite(state.optimizer.gains);
  return comm.min(std::int64_t{fine ? 1 : 0}) == 1;
}

template <class Real>
std::vector<GlobalIndex> places_in(const Communicator& comm, const MovingMap<Real>& moving,
                                   std::span<const GlobalIndex> input_row) {
  const RowPartition even(moving.map.rows(), comm.size());
  std::vector<GlobalIndex> own(moving.input_row.size());
  std::iota(own.begin(), own.end(), even.begin(comm.rank()));
  std::vector<GlobalIndex> place_of_input(own.size());
  RowExchange::deliver(comm, even, moving.input_row)
      .move(comm, std::span<const GlobalIndex>(own), 1, std::span<GlobalIndex>(place_of_input));
  std::vector<GlobalIndex> places(input_row.size());
  RowExchange::fetch(comm, even, input_row)
      .move(comm, std::span<const GlobalIndex>(place_of_input), 1, std::span<GlobalIndex>(places));
  return places;
}

template <class Real>
Embedding<Real> in_input_order(const Communicator& comm, const MovingMap<Real>& moving) {
  const Embedding<Real>& map = moving.map;
  if (comm.max(std::int64_t{moving.input_row.empty() ? 0 : 1}) == 0) {
    return map;
  }
  Embedding<Real> ordered(RowPartition(map.rows(), comm.size()), comm.rank(), map.columns);
  RowExchange::deliver(comm, map.partition, moving.input_row)
      .move(comm, std::span<const Real>(map.values), static_cast<std::size_t>(map.columns),
            std::span<Real>(ordered.values));
  return ordered;
}

template Embedding<float> in_input_order(const Communicator&, const MovingMap<float>&);
template Embedding<double> in_input_order(const Communicator&, const MovingMap<double>&);
template void reorder(const Communicator&, Objective<float>&, LoopState<float>&);
template void reorder(const Communicator&, Objective<double>&, LoopState<double>&);
template GlobalIndex diverged_row(const Communicator&, const LoopState<float>&, std::span<const double>);
template GlobalIndex diverged_row(const Communicator&, const LoopState<double>&, std::span<const double>);
template bool all_finite(const Communicator&, const LoopState<float>&);
template bool all_finite(const Communicator&, const LoopState<double>&);
template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<float>&, std::span<const GlobalIndex>);
template std::vector<GlobalIndex> places_in(const Communicator&, const MovingMap<double>&,
                                            std::span<const GlobalIndex>);

}  // namespace distsne
