/// SNE: a normalization Z_i for every row, and a second field with the charges 1 / Z_j.
#pragma once

#include <array>
#include <cmath>
#include <limits>

#include "distsne/base/parallel.hpp"
#include "distsne/embed/attraction.hpp"
#include "distsne/embed/objective.hpp"
#include "distsne/field/direct_field.hpp"

namespace distsne {

/// dC/dy_i = 4N sum_j p_ij (y_i - y_j) + grad phi(y_i) / Z_i + grad psi(y_i), with Z_i = phi(y_i) and psi the potential
/// of the charges 1 / Z_j; 2N p_ij = p_j|i + p_i|j.
///
/// A point far from all others has a Z_i that Real cannot hold. Such rows are few and are summed in double, relative to
/// their nearest neighbor, where nothing underflows.
template <class Real>
class SneObjective final : public Objective<Real> {
 public:
  SneObjective(const Communicator& comm, const JointAffinities<Real>& affinities, const AffinityEntropy& entropy)
      : field_(kernel()), comm_(comm), affinities_(affinities), entropy_(entropy) {
    std::visit(
        [this](const auto& rows) {
          partition_ = rows.partition;
          first_ = rows.first_row();
          count_ = rows.local_rows();
        },
        affinities_.rows);
  }

  void evaluate(const MapPoints<Real>& points, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override {
    const auto dims = static_cast<std::size_t>(points.dims);
    {
      const auto timer = timers.scope("repulsion");
      field_.evaluate(points, {}, first_, count_, own_);
    }
    std::vector<double> log_z(static_cast<std::size_t>(count_));
    for (std::size_t i = 0; i < log_z.size(); ++i) {
      log_z[i] = std::log(own_.potential[i]);
      if (own_.potential[i] < least_z) {
        log_z[i] = far_row(points, i);
      } else {
        for (std::size_t m = 0; m < dims; ++m) {
          own_.gradient[i * dims + m] /= own_.potential[i];
        }
      }
    }
    std::vector<double> all_log_z(static_cast<std::size_t>(points.rows));
    {
      const auto timer = timers.scope("normalization");
      comm_.all_gather(std::span<const double>(log_z), partition_.sizes(), all_log_z.data());
    }
    {
      const auto timer = timers.scope("repulsion");
      second_field(points, all_log_z);
    }
    {
      const auto timer = timers.scope("attraction");
      attract(kernel(), affinities_.rows, points, with_cost, attraction_);
    }
    const double pairs = 2.0 * static_cast<double>(points.rows);
    value.gradient.resize(attraction_.force.size());
    for (std::size_t i = 0; i < value.gradient.size(); ++i) {
      value.gradient[i] = 2.0 * pairs * exaggeration * attraction_.force[i] + own_.gradient[i] + others_.gradient[i];
    }
    std::array<ExactSum, 2> sums;
    for (std::size_t i = 0; i < log_z.size(); ++i) {
      sums[0].add(log_z[i]);
      sums[1].add(with_cost ? attraction_.energy[i] : 0.0);
    }
    if (!all_finite(attraction_.force)) {
      sums[0].add(std::numeric_limits<double>::quiet_NaN());
    }
    const auto timer = timers.scope("normalization");
    const std::vector<double> total = comm_.sum(std::span<const ExactSum>(sums));
    value.finite = std::isfinite(total[0]);
    // sum_ij p_j|i d_ij^2 is N sum_ij p_ij d_ij^2, since d is symmetric.
    value.cost = with_cost ? entropy_.conditional_p_log_p + 0.5 * pairs * total[1] + total[0]
                           : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  /// Below this a row's Z_i is summed in double; far above the least normal number, so that its terms are accurate.
  static constexpr double least_z = sizeof(Real) == 4 ? 1e-25 : 1e-200;

  static Kernel kernel() { return Kernel{KernelShape::gaussian, 1.0}; }

  static double squared_distance(const MapPoints<Real>& points, std::size_t a, std::size_t b) {
    double sum = 0.0;
    for (std::size_t m = 0; m < static_cast<std::size_t>(points.dims); ++m) {
      const double difference =
          static_cast<double>(points.coordinate[m][a]) - static_cast<double>(points.coordinate[m][b]);
      sum += difference * difference;
    }
    return sum;
  }

  /// Sets the gradient of phi / Z at a row of this rank and returns log Z of it.
  double far_row(const MapPoints<Real>& points, std::size_t local) {
    const auto self = static_cast<std::size_t>(first_) + local;
    const auto rows = static_cast<std::size_t>(points.rows);
    const auto dims = static_cast<std::size_t>(points.dims);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < rows; ++j) {
      if (j != self) {
        least = std::min(least, squared_distance(points, self, j));
      }
    }
    double z = 0.0;
    std::array<double, 3> force{};
    for (std::size_t j = 0; j < rows; ++j) {
      if (j != self) {
        const double weight = std::exp(least - squared_distance(points, self, j));
        z += weight;
        for (std::size_t m = 0; m < dims; ++m) {
          force[m] +=
              weight * (static_cast<double>(points.coordinate[m][self]) - static_cast<double>(points.coordinate[m][j]));
        }
      }
    }
    for (std::size_t m = 0; m < dims; ++m) {
      own_.gradient[local * dims + m] = -2.0 * force[m] / z;
    }
    return std::log(z) - least;
  }

  /// The gradient of psi: the charges 1 / Z_j by the field, those of far rows one by one.
  void second_field(const MapPoints<Real>& points, const std::vector<double>& all_log_z) {
    const auto dims = static_cast<std::size_t>(points.dims);
    AlignedVector<Real> charges(all_log_z.size());
    std::vector<std::size_t> far;
    for (std::size_t j = 0; j < charges.size(); ++j) {
      const bool regular = !(all_log_z[j] < std::log(least_z));
      charges[j] = regular ? static_cast<Real>(std::exp(-all_log_z[j])) : Real{0};
      if (!regular) {
        far.push_back(j);
      }
    }
    field_.evaluate(points, charges, first_, count_, others_);
    if (far.empty()) {
      return;
    }
    parallel_for(count_, [&](std::int64_t i) {
      const auto self = static_cast<std::size_t>(first_ + i);
      for (const std::size_t j : far) {
        if (j == self) {
          continue;
        }
        const double weight = std::exp(-squared_distance(points, self, j) - all_log_z[j]);
        for (std::size_t m = 0; m < dims; ++m) {
          others_.gradient[static_cast<std::size_t>(i) * dims + m] -=
              2.0 * weight *
              (static_cast<double>(points.coordinate[m][self]) - static_cast<double>(points.coordinate[m][j]));
        }
      }
    });
  }

  DirectField<Real> field_;
  Communicator comm_;
  const JointAffinities<Real>& affinities_;
  AffinityEntropy entropy_;
  RowPartition partition_;
  GlobalIndex first_ = 0;
  LocalIndex count_ = 0;
  FieldValues own_;     // potential and gradient of unit charges; then the gradient over Z_i
  FieldValues others_;  // of the charges 1 / Z_j
  AttractionValues attraction_;
};

}  // namespace distsne
