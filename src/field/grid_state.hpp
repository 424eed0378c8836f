/// What the grid field keeps between evaluations.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "field/bounds.hpp"
#include "field/convolution.hpp"
#include "field/grid_field.hpp"
#include "field/resolution.hpp"
#include "field/stencil.hpp"
#include "field/tile_exchange.hpp"
#include "field/tiles.hpp"

namespace distsne {

template <class Real>
struct GridField<Real>::State {
  Communicator comm;
  Kernel kernel;
  double accuracy;
  GridResolution resolution;
  double calibrated_extent = 0.0;  // the longest side of the map, when it was calibrated
  double extent = 0.0;             // and when it was last evaluated
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

  /// Collective. Whether a grid of such a step fits in the memory that is free on every rank.
  [[nodiscard]] bool fits(const Bounds& bounds, int dims, double step) const;
  void prepare(const Bounds& bounds, int dims);
  void find_self_interaction();
  double charge_unit(GlobalIndex rows, bool charged, std::span<const Real> charges) const;
  void spread(Real unit);
  void gather(std::size_t dims, FieldValues& values);
};

}  // namespace distsne
