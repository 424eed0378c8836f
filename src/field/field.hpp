/// The field: given points and charges, the potential and its gradient at the points.
#pragma once

#include <span>
#include <vector>

#include "distsne/base/timer.hpp"
#include "field/current_map.hpp"

namespace distsne {

/// Potential and gradient at the points of this rank. A point is one of those that a row of weight w_i stands for, and
/// sees the others of them in no potential: they add max(w_i - 1, 0) w(0), and no force (data/row_weights.hpp).
struct FieldValues {
  std::vector<double> potential;  ///< n values: phi(y_i) = sum_{j != i} c_j w(|y_i - y_j|^2)
  std::vector<double> gradient;   ///< n x M, row-major: grad phi(y_i) = 2 sum_j c_j w'(d_ij^2) (y_i - y_j)
};

/// What a field has chosen for the map, and at which size of the map.
struct FieldFit {
  double step = 0.0;           ///< of the grid
  double extent = 0.0;         ///< the longest side of the map when it was calibrated
  double latest_extent = 0.0;  ///< and when it was last evaluated
};

/// The charges that an evaluation means.
template <class Real>
struct Charges {
  bool any = false;           ///< the same on all ranks; false: 1 each
  std::span<const Real> own;  ///< of the points of this rank

  Charges(const CurrentMap<Real>& map, bool charged, std::span<const Real> charges) : any(charged), own(charges) {
    if (!charged && map.weights() != nullptr) {
      any = true;
      own = *map.weights();
    }
  }
};

/// A kernel summed over all points. Every repulsive term of SNE, symmetric SNE and t-SNE is a gradient of such a sum.
/// The values of a point are the same bits whichever rank or thread computes them.
template <class Real>
class Field {
 public:
  Field() = default;
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;
  Field(Field&&) = delete;
  Field& operator=(Field&&) = delete;
  virtual ~Field() = default;

  /// Collective; uses all threads. `charges` holds one c_j >= 0 for each point of this rank, or nothing at all on every
  /// rank for charges that are the weights of the map's rows, 1 where they have none (`charged` says which, as a rank
  /// may have no points). Throws Error everywhere when the map does not fit in memory.
  virtual void evaluate(CurrentMap<Real>& map, bool charged, std::span<const Real> charges, FieldValues& values,
                        Timers& timers) = 0;

  /// Collective. Fits what the field can choose to the map, and returns the relative error of the force that the
  /// weights of the rows make (root mean square over sampled points, against exact sums): 0 for an exact field. To be
  /// called from time to time, at moments that don't depend on the ranks.
  [[nodiscard]] virtual double calibrate(CurrentMap<Real>& map, Timers& timers) = 0;

  /// Whether the map of the last evaluation has outgrown what the field was fitted to, so that it should be calibrated
  /// out of turn. The same on all ranks.
  [[nodiscard]] virtual bool outgrown() const = 0;

  /// What calibrate() has chosen: with it, another field of the same kind goes on with the same bits.
  [[nodiscard]] virtual FieldFit fit() const = 0;
  virtual void set_fit(const FieldFit& fit) = 0;

  /// Collective. A potential of the last evaluation that is smaller than this carries too large a relative error, as it
  /// happens far from all other points under the Gaussian kernel.
  [[nodiscard]] virtual double least_potential(const FieldValues& values) const = 0;
};

}  // namespace distsne
