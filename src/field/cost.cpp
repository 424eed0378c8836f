/// Counting nodes, transforms and pairs.
#include "field/cost.hpp"

#include <algorithm>
#include <cmath>

#include "field/grid_field.hpp"
#include "field/grid_layout.hpp"
#include "field/resolution.hpp"

namespace distsne {

StageCost grid_cost(double rows, int dims, double span, const Kernel& kernel, double accuracy, double value_bytes,
                    const Workplace& place) {
  const GridShape grid = fit_grid(dims, {span, 0.95 * span, 0.9 * span}, resolution_for(kernel, accuracy), place.ranks);
  double nodes = 1.0;
  double padded = 1.0;
  for (std::size_t a = 0; a < 3; ++a) {
    nodes *= grid.nodes[a];
    padded *= grid.padded(a);
  }
  const double own_rows = place.own(rows);
  const double stencil = std::pow(4.0, dims - 2.0);
  const double share = std::max(1.0 / place.ranks, static_cast<double>(grid.tile[0]) / grid.nodes[0]);
  const double touched = std::min(nodes / place.ranks * 1.3, 64.0 * own_rows);
  const double transposed = dims == 1 ? 0.0 : 2.0 * share * place.away() * nodes * (dims == 3 ? 8.0 : 2.0);
  const std::size_t grid_bytes = value_bytes > 4.0 || wide_grid(accuracy) ? sizeof(double) : sizeof(float);
  return {
      place.mixed_seconds(rows * 50e-9 * stencil + padded * std::log2(padded) * 0.35e-9),
      convolution_bytes(grid, place.ranks, grid_bytes) + 2.0 * touched * 12.0 + own_rows * (12.0 + 8.0 * (dims + 1.0)),
      place.ranks > 1 ? touched * place.away() * (8.0 + value_bytes) + transposed * value_bytes : 0.0};
}

double grid_messages(const Workplace& place) { return 6.0 * std::min<double>(place.ranks, 64.0); }

StageCost direct_cost(double rows, int dims, const Kernel& kernel, double value_bytes, const Workplace& place) {
  const double slower = dims == 3 ? 1.3 : 1.0;
  const double shape = kernel.shape == KernelShape::student_t && kernel.tail == 1.0 ? 1.0 : 5.0;
  return {slower * shape * (value_bytes / 4.0) * rows * rows / (place.rates.pairs * place.cores()),
          place.own(rows) * 8.0 * (dims + 1.0), 0.0};
}

}  // namespace distsne
