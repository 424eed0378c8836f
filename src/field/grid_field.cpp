/// The steps of the grid field: sort, spread, add up over the ranks, convolve, bring back, gather.
#include "field/grid_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/memory.hpp"
#include "base/parallel.hpp"
#include "field/grid_state.hpp"
#include "mpi/agreement.hpp"

namespace distsne {

template <class Real>
Bounds find_bounds(const Communicator& comm, const Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  constexpr double none = -std::numeric_limits<double>::infinity();
  std::array<double, 7> most{none, none, none, none, none, none, 0.0};  // of -y and y; 1 where one is not finite
  for (std::size_t i = 0; i < map.values.size(); i += dims) {
    for (std::size_t m = 0; m < dims; ++m) {
      const auto value = static_cast<double>(map.values[i + m]);
      most[m] = std::max(most[m], -value);
      most[m + 3] = std::max(most[m + 3], value);
      most[6] = std::isfinite(value) ? most[6] : 1.0;
    }
  }
  Bounds bounds;
  for (std::size_t m = 0; m < dims; ++m) {
    bounds.own_low[m] = -most[m];
    bounds.own_high[m] = most[m + 3];
  }
  comm.max(std::span<double>(most));
  bounds.finite = most[6] == 0.0;
  for (std::size_t m = 0; m < dims; ++m) {
    // Positions are taken off the lowest in Real: round it first.
    bounds.low[m] = static_cast<double>(static_cast<Real>(-most[m]));
    bounds.extent[m] = most[m + 3] + most[m];
  }
  return bounds;
}

template <class Real>
bool GridField<Real>::State::fits(const Bounds& bounds, int dims, double step) const {
  bool fine = false;
  try {
    GridResolution finer = resolution;
    finer.step = step;
    const GridShape shape = fit_grid(dims, bounds.extent, finer, comm.size());
    fine = convolution_bytes(shape, comm.size(), sizeof(Real)) <= available_memory_bytes() / comm.node().size();
  } catch (const DivergedMap&) {  // more nodes than an axis can have
  }
  return comm.min(std::int64_t{fine ? 1 : 0}) == 1;
}

/// Makes the convolution for the grid that the map needs, unless it is there.
template <class Real>
void GridField<Real>::State::prepare(const Bounds& bounds, int dims) {
  const GridShape shape = fit_grid(dims, bounds.extent, resolution, comm.size());
  if (convolution && convolution->shape() == shape) {
    return;
  }
  convolution.reset();
  const double bytes = convolution_bytes(shape, comm.size(), sizeof(Real));
  const double available = available_memory_bytes() / comm.node().size();
  require_everywhere(
      comm, bytes <= available,
      fmt::format("the map spans {:.3g} x {:.3g} x {:.3g} units, whose grid of {} x {} x {} nodes takes {:.1f} GB on "
                  "rank {}, and {:.1f} GB are free there: use more ranks or nodes, or a larger --accuracy",
                  bounds.extent[0], bounds.extent[1], bounds.extent[2], shape.nodes[0], shape.nodes[1], shape.nodes[2],
                  bytes / 1e9, comm.rank(), available / 1e9),
      ExitCode::failure);
  attempt_everywhere(comm, [&] { convolution = std::make_unique<SlabConvolution<Real>>(comm, shape); });
  layout = TileNodes(shape, resolution.order);
  const double squared_step = resolution.step * resolution.step;
  convolution->set_kernel(
      [&](LocalIndex a, LocalIndex b, LocalIndex c) {
        const auto square = [](LocalIndex n) { return static_cast<double>(n) * static_cast<double>(n); };
        return kernel.weight(squared_step * (square(a) + square(b) + square(c)));
      },
      [&](std::size_t axis, LocalIndex frequency) {
        const double spline = spline_transform(resolution.order, frequency, shape.padded(axis));
        return 1.0 / (spline * spline);
      });
  find_self_interaction();
}

/// The convolution of a unit at the first node: the kernel that nodes see, at offsets below the order.
template <class Real>
void GridField<Real>::State::find_self_interaction() {
  const GridShape& shape = convolution->shape();
  for (LocalIndex i0 = 0; i0 < convolution->own_nodes(); ++i0) {
    for (LocalIndex i1 = 0; i1 < shape.nodes[1]; ++i1) {
      std::fill_n(convolution->line(i0, i1), shape.nodes[2], Real{0});
    }
  }
  if (comm.is_root()) {
    *convolution->line(0, 0) = Real{1};
  }
  convolution->apply();
  self = {};
  if (comm.is_root()) {  // its slab has the first tile, which is longer than the order
    const auto offsets = [&](std::size_t a) { return shape.used(a) ? resolution.order : 1; };
    std::size_t next = 0;
    for (LocalIndex a = 0; a < offsets(0); ++a) {
      for (LocalIndex b = 0; b < offsets(1); ++b) {
        for (LocalIndex c = 0; c < offsets(2); ++c) {
          const int equal = (a > 0 ? 2 : 1) * (b > 0 ? 2 : 1) * (c > 0 ? 2 : 1);
          self.kernel[next++] = static_cast<Real>(equal) * convolution->line(a, b)[c];
        }
      }
    }
  }
  comm.broadcast(std::span<Real>(self.kernel));
}

/// The integers that a charge of 1 becomes: so many that a stencil keeps the digits of Real, and that the sum of all
/// charges, each at most the largest, cannot overflow 63 bits for as many rows as there can be.
template <class Real>
double GridField<Real>::State::charge_unit(GlobalIndex rows, bool charged, std::span<const Real> charges) const {
  const int row_bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rows)));
  const double most_units = std::ldexp(1.0, sizeof(Real) == 4 ? 30 : std::min(50, 62 - row_bits));
  double largest = 1.0;
  if (charged) {
    largest = 0.0;
    for (const Real charge : charges) {
      largest = std::max(largest, static_cast<double>(charge));
    }
    largest = comm.max(largest);
  }
  return largest > 0.0 && std::isfinite(largest) ? std::ldexp(most_units, -std::ilogb(largest) - 1) : most_units;
}

template <class Real>
void GridField<Real>::State::spread(Real unit) {
  bin_nodes.resize(bins.bins().size() * layout.size());
  parallel_for(static_cast<std::int64_t>(bins.bins().size()), [&](std::int64_t b) {
    std::int64_t* const nodes = bin_nodes.data() + static_cast<std::size_t>(b) * layout.size();
    std::fill(nodes, nodes + layout.size(), 0);
    spread_tile(bins.points(bins.bins()[static_cast<std::size_t>(b)]), layout, unit, nodes);
  });
  pages.collect(convolution->shape(), layout, bins, bin_nodes);
}

template <class Real>
void GridField<Real>::State::gather(std::size_t dims, FieldValues& values) {
  const double per_unit = 1.0 / resolution.step;
  parallel_for(static_cast<std::int64_t>(bins.bins().size()), [&](std::int64_t b) {
    static thread_local AlignedVector<Real> nodes;
    static thread_local std::array<AlignedVector<Real>, 4> results;
    const auto& bin = bins.bins()[static_cast<std::size_t>(b)];
    const TilePoints<Real> points = bins.points(bin);
    nodes.resize(layout.size() + stencil_padding);
    TileValues<Real> out;
    for (std::size_t q = 0; q <= dims; ++q) {
      results[q].resize(std::max(results[q].size(), points.count + stencil_padding));
      (q == 0 ? out.potential : out.gradient[q - 1]) = results[q].data();
    }
    pages.nodes_of(convolution->shape(), layout, bin.tile, nodes.data());
    gather_tile(points, layout, nodes.data(), self, out);
    for (std::size_t i = 0; i < points.count; ++i) {
      const std::size_t row = bins.rows()[bin.begin + i];
      values.potential[row] = static_cast<double>(out.potential[i]);
      for (std::size_t m = 0; m < dims; ++m) {
        values.gradient[row * dims + m] = static_cast<double>(out.gradient[m][i]) * per_unit;
      }
    }
  });
}

template <class Real>
GridField<Real>::GridField(const Communicator& comm, Kernel kernel, GridOptions options)
    : state_(std::make_unique<State>(comm, kernel, options)) {}

template <class Real>
GridField<Real>::~GridField() = default;

template <class Real>
void GridField<Real>::evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> given, FieldValues& values,
                               Timers& timers) {
  State& state = *state_;
  const Charges<Real> charges(map, charged, given);
  const Embedding<Real>& own = map.own();
  values.potential.resize(static_cast<std::size_t>(own.local_rows()));
  values.gradient.resize(own.values.size());
  double unit = 0.0;
  {
    const auto timer = timers.scope("spread");
    const Bounds bounds = find_bounds(state.comm, own);
    if (!bounds.finite) {  // the map has diverged, which whoever asked finds out from the values
      std::fill(values.potential.begin(), values.potential.end(), std::numeric_limits<double>::quiet_NaN());
      std::fill(values.gradient.begin(), values.gradient.end(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    state.extent = bounds.longest();
    {
      const auto kernel_timer = timers.scope("kernel");
      state.prepare(bounds, own.columns);
    }
    unit = state.charge_unit(own.rows(), charges.any, charges.own);
    state.bins.sort(state.convolution->shape(), bounds, state.resolution, own,
                    charges.any ? charges.own : std::span<const Real>{});
    state.spread(static_cast<Real>(unit));
  }
  {
    const auto timer = timers.scope("grid exchange");
    state.exchange.add_to_slabs(state.comm, state.pages, unit, *state.convolution);
  }
  {
    const auto timer = timers.scope("transform");
    state.convolution->apply();
  }
  {
    const auto timer = timers.scope("grid exchange");
    state.exchange.bring_back(state.comm, state.pages, *state.convolution);
  }
  const auto timer = timers.scope("gather");
  state.gather(map.dims(), values);
}

template <class Real>
bool GridField<Real>::outgrown() const {
  constexpr double growth = 1.5;
  constexpr double least_steps = 8.0;  // smaller maps fit the smallest grid
  return state_->extent > std::max(growth * state_->calibrated_extent, least_steps * state_->resolution.step);
}

template <class Real>
FieldFit GridField<Real>::fit() const {
  return {state_->resolution.step, state_->calibrated_extent, state_->extent};
}

template <class Real>
int GridField<Real>::spline_order() const {
  return state_->resolution.order;
}

template <class Real>
void GridField<Real>::set_fit(const FieldFit& fit) {
  state_->set_step(fit.step);
  state_->calibrated_extent = fit.extent;
  state_->extent = fit.latest_extent;
}

template <class Real>
double GridField<Real>::least_potential(const FieldValues& values) const {
  double largest = 0.0;
  for (const double potential : values.potential) {
    largest = std::max(largest, potential);
  }
  constexpr double rounding = sizeof(Real) == 4 ? 2e-5 : 1e-13;
  return std::max(0.05, rounding * state_->comm.max(largest));
}

template Bounds find_bounds(const Communicator&, const Embedding<float>&);
template Bounds find_bounds(const Communicator&, const Embedding<double>&);
template class GridField<float>;
template class GridField<double>;

}  // namespace distsne
