/// The fast field: charges spread to a regular grid, one convolution with the kernel, and an interpolant's gradient.
#pragma once

#include <memory>
#include <optional>

#include "field/field.hpp"
#include "field/kernel.hpp"

namespace distsne {

struct GridOptions {
  /// Relative root mean square error of the force that is aimed at, over all points. Smaller values make the grid
  /// finer: 1e-2 is more than maps need. Below 1e-2 the grid is one of doubles, whatever the map.
  double accuracy = 1e-2;
};

/// Whether an accuracy takes a grid of doubles for a map of floats, too: rounding alone makes an error of up to 0.8 %
/// where a map is as small as at the start.
[[nodiscard]] constexpr bool wide_grid(double accuracy) { return accuracy < 1e-2; }

/// O(N + G log G) for G nodes. A scheme in the family of particle-mesh Ewald (Essmann and others 1995): B-splines of
/// order 4 or 6 spread the charges; the kernel's transform, divided by that of the splines on either side, multiplies
/// theirs, so that the interpolant passes through the potential at the nodes; its derivatives are the gradient. A
/// point's own image is taken off exactly. The grid grows with the map; its step follows from the measured error.
///
/// Points stay where they are: each rank spreads its own, tiles of nodes that it touched travel to the ranks that own
/// them and are added there in integers, and their potentials travel back. The transform is distributed in slabs.
template <class Real>
class GridField final : public Field<Real> {
 public:
  GridField(const Communicator& comm, Kernel kernel, GridOptions options);
  ~GridField() override;
  GridField(const GridField&) = delete;
  GridField& operator=(const GridField&) = delete;
  GridField(GridField&&) = delete;
  GridField& operator=(GridField&&) = delete;

  void evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> charges, FieldValues& values,
                Timers& timers) override;
  /// Makes the grid finer where the error passes the accuracy, and coarser where it stays far below. The error is
  /// relative to the force, or to 1e-4 of the potential where there is hardly any force. Where no grid that fits in
  /// memory reaches the accuracy, the best of those tried stays, and its error is returned.
  [[nodiscard]] double calibrate(CurrentMap<Real>& map, Timers& timers) override;
  [[nodiscard]] bool outgrown() const override;
  [[nodiscard]] FieldFit fit() const override;
  void set_fit(const FieldFit& fit) override;
  /// Of the splines that the accuracy has led to: 4 or 6.
  [[nodiscard]] int spline_order() const;
  /// The grid's error is one of the potentials around a point, and of rounding in the largest.
  [[nodiscard]] double least_potential(const FieldValues& values) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The grid field for a map, as wide as the accuracy needs it.
template <class Real>
[[nodiscard]] std::unique_ptr<Field<Real>> make_grid_field(const Communicator& comm, Kernel kernel,
                                                           const GridOptions& options);

extern template std::unique_ptr<Field<float>> make_grid_field(const Communicator&, Kernel, const GridOptions&);
extern template std::unique_ptr<Field<double>> make_grid_field(const Communicator&, Kernel, const GridOptions&);
extern template class GridField<float>;
extern template class GridField<double>;

}  // namespace distsne
