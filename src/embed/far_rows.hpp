/// Points of a Gaussian map that lie far from all others, whose normalization no field can give.
#pragma once

#include <span>
#include <vector>

#include "field/current_map.hpp"
#include "field/direct_sums.hpp"

namespace distsne {

/// For such points, which are few, Z_i is summed in double over all points, relative to the nearest one, where nothing
/// underflows. Every rank adds up its own rows; sums are exact, so they don't depend on the partition.
template <class Real>
class FarRows {
 public:
  /// Collective. `own` are the local rows in question.
  FarRows(CurrentMap<Real>& map, std::span<const LocalIndex> own);

  /// log Z_i of the k-th of the rows given to the constructor.
  [[nodiscard]] double log_z(std::size_t k) const { return log_z_[first_own_ + k]; }
  /// grad phi(y_i) / Z_i of the k-th of them: M values.
  [[nodiscard]] std::span<const double> gradient(std::size_t k) const {
    return std::span(gradient_).subspan((first_own_ + k) * targets_.dims, targets_.dims);
  }
  /// Adds the gradient of the potential that the far rows of all ranks make with the charges 1 / Z_j.
  void add_reaction(const CurrentMap<Real>& map, std::vector<double>& gradient) const;

 private:
  [[nodiscard]] double squared_distance(const Real* point, std::size_t far) const;

  std::size_t first_own_ = 0;     // of the rows of this rank among the targets
  Targets targets_;               // of all ranks; shifted by the distance of the nearest point
  std::vector<double> log_z_;     // of each
  std::vector<double> gradient_;  // of phi / Z at each
};

extern template class FarRows<float>;
extern template class FarRows<double>;

}  // namespace distsne
