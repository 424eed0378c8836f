/// Exact sums for far points.
#include "embed/far_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace distsne {

template <class Real>
FarRows<Real>::FarRows(CurrentMap<Real>& map, std::span<const LocalIndex> own)
    : targets_(gather_targets(map.comm(), map.own(), own, first_own_)) {
  if (targets_.count() == 0) {
    return;
  }
  // The nearest point of each, then the sums relative to it.
  const Embedding<Real>& rows = map.own();
  std::vector<double> nearest(targets_.count(), -std::numeric_limits<double>::infinity());  // minus squared distances
  parallel_for(static_cast<std::int64_t>(targets_.count()), [&](std::int64_t index) {
    const auto far = static_cast<std::size_t>(index);
    for (LocalIndex j = 0; j < rows.local_rows(); ++j) {
      if (rows.first_row() + j != targets_.row[far]) {
        nearest[far] = std::max(nearest[far], -squared_distance(rows.row(j).data(), far));
      }
    }
  });
  map.comm().max(std::span<double>(nearest));
  targets_.shift.resize(nearest.size());
  std::transform(nearest.begin(), nearest.end(), targets_.shift.begin(), [](double value) { return -value; });
  const TargetSums sums = direct_sums(map.comm(), {KernelShape::gaussian, 1.0}, rows, targets_);
  for (std::size_t far = 0; far < targets_.count(); ++far) {
    const double z = sums.potential[far];
    log_z_.push_back(std::log(z) + nearest[far]);
    for (std::size_t m = 0; m < targets_.dims; ++m) {
      gradient_.push_back(sums.gradient[far * targets_.dims + m] / z);
    }
  }
}

template <class Real>
double FarRows<Real>::squared_distance(const Real* point, std::size_t far) const {
  double sum = 0.0;
  for (std::size_t m = 0; m < targets_.dims; ++m) {
    const double difference = static_cast<double>(point[m]) - targets_.position[far * targets_.dims + m];
    sum += difference * difference;
  }
  return sum;
}

template <class Real>
void FarRows<Real>::add_reaction(const CurrentMap<Real>& map, std::vector<double>& gradient) const {
  const Embedding<Real>& rows = map.own();
  const std::size_t dims = targets_.dims;
  if (targets_.count() == 0) {
    return;
  }
  parallel_for(rows.local_rows(), [&](std::int64_t index) {
    const auto i = static_cast<LocalIndex>(index);
    const Real* const point = rows.row(i).data();
    for (std::size_t far = 0; far < targets_.count(); ++far) {
      if (targets_.row[far] == rows.first_row() + i) {
        continue;
      }
      const double weight = std::exp(-squared_distance(point, far) - log_z_[far]);
      for (std::size_t m = 0; m < dims; ++m) {
        gradient[static_cast<std::size_t>(index) * dims + m] -=
            2.0 * weight * (static_cast<double>(point[m]) - targets_.position[far * dims + m]);
      }
    }
  });
}

template class FarRows<float>;
template class FarRows<double>;

}  // namespace distsne
