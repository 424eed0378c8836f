/// The steps of the grid field: sort, spread, add up over the ranks, convolve, bring back, gather.
#include "distsne/field/grid_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "distsne/base/memory.hpp"
#include "distsne/base/parallel.hpp"
#include "distsne/base/random.hpp"
#include "distsne/mpi/agreement.hpp"
#include "field/convolution.hpp"
#include "field/direct_sums.hpp"
#include "field/resolution.hpp"
#include "field/stencil.hpp"
#include "field/tile_exchange.hpp"
#include "field/tiles.hpp"

namespace distsne {
namespace {

/// The lowest corner of the map and its extents; `finite` is false when a coordinate is not.
struct Bounds {
  std::array<double, 3> low{};
  std::array<double, 3> extent{};
  bool finite = true;
};

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
  comm.max(std::span<double>(most));
  Bounds bounds;
  bounds.finite = most[6] == 0.0;
  for (std::size_t m = 0; m < dims; ++m) {
    // Positions are taken off the lowest in Real: round it first.
    bounds.low[m] = static_cast<double>(static_cast<Real>(-most[m]));
    bounds.extent[m] = most[m + 3] + most[m];
  }
  return bounds;
}

}  // namespace

template <class Real>
struct GridField<Real>::State {
  Communicator comm;
  Kernel kernel;
  double accuracy;
  GridResolution resolution;
  std::unique_ptr<SlabConvolution<Real>> convolution;
  TileNodes layout;
  SelfInteraction<Real> self;
  TileBins<Real> bins;
  TilePages<Real> pages;
  std::vector<std::int64_t> bin_nodes;
  TileExchange<Real> exchange;

  State(const Communicator& comm_in, Kernel kernel_in, const GridOptions& options)
      : comm(comm_in),
        kernel(kernel_in),
        accuracy(options.accuracy),
        resolution(resolution_for(kernel_in, options.accuracy)) {}

  void set_step(double step) {
    resolution.step = step;
    convolution.reset();
  }

  void prepare(const Bounds& bounds, int dims);
  void find_self_interaction();
  double charge_unit(GlobalIndex rows, bool charged, std::span<const Real> charges) const;
  void spread(Real unit);
  void gather(std::size_t dims, FieldValues& values);
};

/// Makes the convolution for the grid that the map needs, unless it is there.
template <class Real>
void GridField<Real>::State::prepare(const Bounds& bounds, int dims) {
  const GridShape shape = fit_grid(dims, bounds.extent, resolution);
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
  pages.collect(convolution->shape(), layout, bins.bins(), bin_nodes);
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
void GridField<Real>::evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> charges, FieldValues& values,
                               Timers& timers) {
  State& state = *state_;
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
    state.prepare(bounds, own.columns);
    unit = state.charge_unit(own.rows(), charged, charges);
    state.bins.sort(state.convolution->shape(), bounds.low, state.resolution, own,
                    charged ? charges : std::span<const Real>{});
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

namespace {

/// About so many points of a map are compared with exact sums.
constexpr double sampled_points = 256.0;
constexpr double coarsest_step = 1.0;
constexpr int most_attempts = 8;

/// A share of the rows of this rank that depends on nothing but their number in the map's order.
template <class Real>
std::vector<LocalIndex> sampled_rows(const Embedding<Real>& map) {
  const CounterRandom random(0x5A3D);
  const double share = sampled_points / static_cast<double>(map.rows());
  std::vector<LocalIndex> sample;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    if (random.uniform(map.first_row() + i, 0) < share) {
      sample.push_back(i);
    }
  }
  return sample;
}

}  // namespace

template <class Real>
double GridField<Real>::calibrate(CurrentMap<Real>& map, Timers& timers) {
  State& state = *state_;
  const Embedding<Real>& own = map.own();
  const std::size_t dims = map.dims();
  const std::vector<LocalIndex> sample = sampled_rows(own);
  std::size_t first_own = 0;
  TargetSums exact;
  {
    const auto timer = timers.scope("accuracy");
    if (!find_bounds(state.comm, own).finite) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    exact = direct_sums(state.comm, state.kernel, own, gather_targets(state.comm, own, sample, first_own));
  }
  double total = 0.0;
  for (const double g : exact.gradient) {
    total += g * g;
  }
  if (total == 0.0) {
    return 0.0;  // nothing pushes anything: all points are equal, or infinitely far from each other
  }
  FieldValues values;
  const auto error_of_step = [&] {
    evaluate(map, false, {}, values, timers);
    ExactSum squares;
    for (std::size_t k = 0; k < sample.size(); ++k) {
      for (std::size_t m = 0; m < dims; ++m) {
        const double found = values.gradient[static_cast<std::size_t>(sample[k]) * dims + m];
        const double difference = found - exact.gradient[(first_own + k) * dims + m];
        squares.add(difference * difference);
      }
    }
    return std::sqrt(state.comm.sum(std::span<const ExactSum>(&squares, 1))[0] / total);
  };
  // The error falls with about this power of the step.
  const double power = state.resolution.order == 4 ? 3.5 : 5.0;
  const double aim = 0.7 * state.accuracy;
  double error = error_of_step();
  if (error < 0.5 * aim && state.resolution.step < coarsest_step) {
    const double step = state.resolution.step;
    const double finer_error = error;
    state.set_step(std::min(coarsest_step, step * std::min(1.5, std::pow(aim / error, 1.0 / power))));
    error = error_of_step();
    if (error > state.accuracy) {
      state.set_step(step);
      error = finer_error;
    }
  }
  for (int attempt = 0; error > state.accuracy; ++attempt) {
    require_everywhere(state.comm, attempt < most_attempts,
                       fmt::format("no grid reaches an --accuracy of {:g}: the error is still {:.2g} with nodes {:.3g} "
                                   "units apart; use --precision double, --field direct, or a larger --accuracy",
                                   state.accuracy, error, state.resolution.step));
    state.set_step(state.resolution.step * std::clamp(std::pow(aim / error, 1.0 / power), 0.4, 0.9));
    error = error_of_step();
  }
  return error;
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

template class GridField<float>;
template class GridField<double>;

}  // namespace distsne
