/// Keeping a map at a size at which forces work.
#include "embed/spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "field/bounds.hpp"

namespace distsne {
namespace {

constexpr double most_growth = 10.0;  // of the extent between two checks, beyond what a map may have anyway

/// The extent of the last good map, which may have been given at any size.
template <class Real>
double good_extent(const Communicator& comm, const LoopState<Real>& state) {
  Embedding<Real> good(state.moving.map.partition, comm.rank(), state.moving.map.columns);
  good.values = state.good_map;
  return find_bounds(comm, good).longest();
}

}  // namespace

template <class Real>
void part_axes(const PaceOptions& options, double spread, LoopState<Real>& state) {
  Embedding<Real>& map = state.moving.map;
  const CounterRandom random(options.seed ^ static_cast<std::uint64_t>(state.iteration));
  const auto dims = static_cast<std::size_t>(map.columns);
  for (std::size_t i = 0; i < static_cast<std::size_t>(map.local_rows()); ++i) {
    const GlobalIndex row =
        state.moving.input_row.empty() ? map.first_row() + static_cast<GlobalIndex>(i) : state.moving.input_row[i];
    for (std::size_t m = 0; m < dims; ++m) {
      map.values[i * dims + m] += static_cast<Real>(spread * random.normal(row, static_cast<std::uint32_t>(m)));
    }
  }
}

template <class Real>
void keep_spread(const Communicator& comm, const PaceOptions& options, LoopState<Real>& state) {
  Embedding<Real>& map = state.moving.map;
  const Bounds bounds = find_bounds(comm, map);
  const double extent = bounds.finite ? bounds.longest() : std::numeric_limits<double>::infinity();
  const double most = 1000.0 + 20.0 * std::sqrt(static_cast<double>(map.rows()));
  if (state.iteration > 0 && bounds.finite && extent > most && extent > most_growth * good_extent(comm, state)) {
    throw DivergedMap(fmt::format("the map has grown to {:.3g} units", extent));
  }
  const double least = options.least_spread;
  if (!(extent < 10.0 * least)) {
    return;
  }
  const MapShape shape = shape_of(comm, map);
  const bool flat = is_flat(shape, map.rows(), map.columns);
  if (shape.deviation[0] >= 0.5 * least && !flat) {
    return;
  }
  const double factor = shape.deviation[0] > 0.0 ? std::max(1.0, least / shape.deviation[0]) : 1.0;
  const auto dims = static_cast<std::size_t>(map.columns);
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    map.values[i] = static_cast<Real>((static_cast<double>(map.values[i]) - shape.mean[i % dims]) * factor);
    state.optimizer.velocity[i] *= static_cast<Real>(factor);
  }
  if (flat || shape.deviation[0] == 0.0) {
    part_axes(options, shape.deviation[0] == 0.0 ? least : jitter * least, state);
  }
}

template void part_axes(const PaceOptions&, double, LoopState<float>&);
template void part_axes(const PaceOptions&, double, LoopState<double>&);
template void keep_spread(const Communicator&, const PaceOptions&, LoopState<float>&);
template void keep_spread(const Communicator&, const PaceOptions&, LoopState<double>&);

}  // namespace distsne
