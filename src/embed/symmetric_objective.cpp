/// Putting attraction and repulsion of symmetric SNE and t-SNE together.
#include "embed/symmetric_objective.hpp"

#include <cmath>
#include <limits>

#include "embed/combine.hpp"

namespace distsne {

template <class Real>
void SymmetricObjective<Real>::evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost,
                                        ObjectiveValue& value, Timers& timers) {
  parts_.field->evaluate(map, false, {}, repulsion_, timers);
  parts_.attraction->evaluate(map, with_cost, attraction_, timers);
  const auto timer = timers.scope("normalization");
  if (map.weights() != nullptr) {
    weigh(*map.weights(), map.dims());
  }
  std::vector<ExactSum> sums{exact_sum(map.weights() != nullptr ? weighted_ : repulsion_.potential)};
  if (with_cost) {
    sums.push_back(exact_sum(attraction_.energy));
  }
  if (!all_finite(attraction_.force)) {  // the Gaussian is 0 for a distance that is NaN, the attraction is not
    sums[0].add(std::numeric_limits<double>::quiet_NaN());
  }
  const std::vector<double> total = map.comm().sum(std::span<const ExactSum>(sums));
  const double z = total[0];
  value.finite = std::isfinite(z) && z > 0.0;
  value.cost =
      with_cost ? parts_.entropy.joint_p_log_p + total[1] + std::log(z) : std::numeric_limits<double>::quiet_NaN();
  combine(4.0 * exaggeration, attraction_.force, 2.0 / z, repulsion_.gradient, value.gradient);
}

template <class Real>
void SymmetricObjective<Real>::weigh(const AlignedVector<Real>& weights, std::size_t dims) {
  weighted_.resize(weights.size());
  for_ranges(weights.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto weight = static_cast<double>(weights[i]);
      weighted_[i] = weight * (repulsion_.potential[i] + duplicates_of(weight));
      for (std::size_t m = i * dims; m < (i + 1) * dims; ++m) {
        attraction_.force[m] /= weight;
      }
    }
  });
}

template class SymmetricObjective<float>;
template class SymmetricObjective<double>;

}  // namespace distsne
