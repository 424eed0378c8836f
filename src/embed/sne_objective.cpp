/// Putting attraction and the two fields of SNE together.
#include "embed/sne_objective.hpp"

#include <cmath>
#include <limits>

#include "embed/combine.hpp"
#include "embed/far_rows.hpp"

namespace distsne {

template <class Real>
void SneObjective<Real>::evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                                  Timers& timers) {
  const std::size_t dims = map.dims();
  const auto count = static_cast<std::size_t>(map.own().local_rows());
  parts_.field->evaluate(map, false, {}, own_, timers);
  charges_.resize(count);
  log_z_.resize(count);
  std::vector<LocalIndex> far;
  {
    const auto timer = timers.scope("normalization");
    const double least = parts_.field->least_potential(own_);
    for (std::size_t i = 0; i < count; ++i) {
      if (own_.potential[i] < least) {
        far.push_back(static_cast<LocalIndex>(i));
      }
    }
    const FarRows<Real> far_rows(map, far);
    for_ranges(count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double inverse = own_.potential[i] < least ? 0.0 : 1.0 / own_.potential[i];
        log_z_[i] = std::log(own_.potential[i]);
        charges_[i] = static_cast<Real>(inverse);
        for (std::size_t m = 0; m < dims; ++m) {
          own_.gradient[i * dims + m] *= inverse;
        }
      }
    });
    for (std::size_t k = 0; k < far.size(); ++k) {
      const auto i = static_cast<std::size_t>(far[k]);
      log_z_[i] = far_rows.log_z(k);
      std::copy_n(far_rows.gradient(k).begin(), dims, own_.gradient.begin() + static_cast<std::ptrdiff_t>(i * dims));
    }
    far_rows.add_reaction(map, own_.gradient);
  }
  parts_.field->evaluate(map, true, charges_, others_, timers);
  parts_.attraction->evaluate(map, with_cost, attraction_, timers);

  const auto timer = timers.scope("normalization");
  for_ranges(own_.gradient.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      own_.gradient[i] += others_.gradient[i];
    }
  });
  const double pairs = 2.0 * static_cast<double>(map.own().rows());
  combine(2.0 * pairs * exaggeration, attraction_.force, 1.0, own_.gradient, value.gradient);
  std::vector<ExactSum> sums{exact_sum(log_z_)};
  if (with_cost) {
    sums.push_back(exact_sum(attraction_.energy));
  }
  if (!all_finite(attraction_.force)) {
    sums[0].add(std::numeric_limits<double>::quiet_NaN());
  }
  const std::vector<double> total = map.comm().sum(std::span<const ExactSum>(sums));
  value.finite = std::isfinite(total[0]);
  // sum_ij p_j|i d_ij^2 is N sum_ij p_ij d_ij^2, since d is symmetric.
  value.cost = with_cost ? parts_.entropy.conditional_p_log_p + 0.5 * pairs * total[1] + total[0]
                         : std::numeric_limits<double>::quiet_NaN();
}

template class SneObjective<float>;
template class SneObjective<double>;

}  // namespace distsne
