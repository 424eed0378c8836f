/// The potential of a map that stays as it is, anywhere: value, gradient and Hessian.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "data/row_weights.hpp"
#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"
#include "field/kernel.hpp"

namespace distsne {

/// phi(y) = sum_j c_j w(|y - y_j|^2) over all points of a map, c_j the weight of row j, 1 where rows have none
/// (data/row_weights.hpp), by the quintic spline that interpolates it on a regular grid
/// (Unser, Aldroubi and Eden 1993, "B-spline signal processing"), whole on every rank. Its derivatives are those of the
/// interpolant. A value depends on the place and the map alone, not on ranks or threads. The grid reaches `margin` map
/// units beyond the points.
class FrozenField {
 public:
  /// Of a place, in the first M entries.
  struct Value {
    double potential = 0.0;
    std::array<double, 3> gradient{};
    std::array<std::array<double, 3>, 3> hessian{};
  };
  static constexpr double margin = 5.0;

  /// Collective. Potentials at the nodes are exact sums where that is quick, and else those of a GridField whose step
  /// is the first for a relative force error of 5e-5, in 3 dimensions of 1e-3. Throws Error everywhere when the grid
  /// would have more than 2^28 nodes.
  FrozenField(const Communicator& comm, const Embedding<float>& map, const Kernel& kernel,
              const RowWeights<float>& weights = {});

  [[nodiscard]] std::size_t dims() const { return dims_; }
  /// The sum over all points of the potential of the others: sum_i (phi(y_i) - 1), or with weights
  /// sum_i c_i (phi(y_i) - c_i + max(c_i - 1, 0)).
  [[nodiscard]] double total() const { return total_; }
  /// Not collective. Places beyond the grid are taken at its border.
  [[nodiscard]] Value at(const double* place) const;
  /// Not collective. Moves a place into the range of the grid.
  void clamp(double* place) const;

 private:
  template <std::size_t dims>
  [[nodiscard]] Value value_at(const double* place) const;
  void choose_nodes(const Communicator& comm, const Embedding<float>& map);
  void prefilter();

  std::size_t dims_ = 0;
  double step_ = 0.0;
  std::array<double, 3> origin_{};
  std::array<std::size_t, 3> nodes_{1, 1, 1};
  std::vector<double> coefficients_;
  double total_ = 0.0;
};

/// Not collective. The same exactly, by the sum over all points (N x M, row-major) of these weights; empty: 1 each.
[[nodiscard]] FrozenField::Value direct_value(std::span<const float> points, std::size_t dims, const Kernel& kernel,
                                              const double* place, std::span<const float> weights = {});

}  // namespace distsne
