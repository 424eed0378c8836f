/// The loss of a point and a damped Newton iteration.
#include "embed/placement.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace distsne {
namespace {

constexpr int most_steps = 60;
constexpr double shortest_step = 1e-4;
constexpr double longest_step = 2.0;

/// Solves (A + damping I) x = b for the first M entries by Cholesky's method; false where that is not positive
/// definite.
bool solve(const std::array<std::array<double, 3>, 3>& a, double damping, const std::array<double, 3>& b,
           std::size_t dims, std::array<double, 3>& x) {
  std::array<std::array<double, 3>, 3> root{};
  for (std::size_t i = 0; i < dims; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j] + (i == j ? damping : 0.0);
      for (std::size_t k = 0; k < j; ++k) {
        sum -= root[i][k] * root[j][k];
      }
      if (i == j && !(sum > 1e-12)) {
        return false;
      }
      root[i][j] = i == j ? std::sqrt(sum) : sum / root[j][j];
    }
  }
  for (std::size_t i = 0; i < dims; ++i) {
    double sum = b[i];
    for (std::size_t k = 0; k < i; ++k) {
      sum -= root[i][k] * x[k];
    }
    x[i] = sum / root[i][i];
  }
  for (std::size_t i = dims; i-- > 0;) {
    double sum = x[i];
    for (std::size_t k = i + 1; k < dims; ++k) {
      sum -= root[k][i] * x[k];
    }
    x[i] = sum / root[i][i];
  }
  return true;
}

}  // namespace

PointLoss point_loss(const FrozenField& field, const Kernel& kernel, Method method, double points,
                     const PointAffinities& affinities, const double* place) {
  const std::size_t dims = field.dims();
  PointLoss loss = point_attraction(kernel, affinities, place, dims);
  const FrozenField::Value phi = field.at(place);
  const double least = 1e-12;
  const double potential = std::max(phi.potential, least);
  const double factor = method == Method::sne ? 1.0 / potential : points / field.total();
  loss.value += method == Method::sne ? std::log(potential) : factor * phi.potential;
  for (std::size_t i = 0; i < dims; ++i) {
    loss.gradient[i] += factor * phi.gradient[i];
    for (std::size_t j = 0; j < dims; ++j) {
      loss.hessian[i][j] += factor * phi.hessian[i][j] -
                            (method == Method::sne ? factor * factor * phi.gradient[i] * phi.gradient[j] : 0.0);
    }
  }
  return loss;
}

LeaveOneOutLoss::LeaveOneOutLoss(const FrozenField& field, const Kernel& kernel, double points,
                                 std::array<double, 3> place, double moving)
    : field_(field),
      kernel_(kernel),
      points_(points),
      moving_(moving),
      own_(place),
      potential_(field.at(place.data()).potential - moving) {}

PointLoss LeaveOneOutLoss::at(const PointAffinities& affinities, const double* place) const {
  return at(affinities, place, field_.at(place));
}

PointLoss LeaveOneOutLoss::at(const PointAffinities& affinities, const double* place, FrozenField::Value phi) const {
  const std::size_t dims = field_.dims();
  PointLoss loss = point_attraction(kernel_, affinities, place, dims);
  // Without the point itself.
  std::array<double, 3> apart{};
  double squared = 0.0;
  for (std::size_t m = 0; m < dims; ++m) {
    apart[m] = place[m] - own_[m];
    squared += apart[m] * apart[m];
  }
  const double w = moving_ * kernel_.weight(squared);
  const auto [slope, curvature] = kernel_.derivatives(squared);
  phi.potential -= w;
  for (std::size_t i = 0; i < dims; ++i) {
    phi.gradient[i] -= 2.0 * w * slope * apart[i];
    phi.hessian[i][i] -= 2.0 * w * slope;
    for (std::size_t j = 0; j < dims; ++j) {
      phi.hessian[i][j] -= 4.0 * w * curvature * apart[i] * apart[j];
    }
  }
  const double change = std::max(2.0 * moving_ * (phi.potential - potential_) / field_.total(), -1.0 + 1e-12);
  const double factor = points_ / (field_.total() * (1.0 + change));
  loss.value += 0.5 * points_ / moving_ * std::log1p(change);
  for (std::size_t i = 0; i < dims; ++i) {
    loss.gradient[i] += factor * phi.gradient[i];
    for (std::size_t j = 0; j < dims; ++j) {
      loss.hessian[i][j] +=
          factor * (phi.hessian[i][j] - 2.0 * moving_ * factor / points_ * phi.gradient[i] * phi.gradient[j]);
    }
  }
  return loss;
}

double least_curvature(const PointLoss& loss, std::size_t dims) {
  const auto size = static_cast<Eigen::Index>(dims);
  Eigen::MatrixXd hessian(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      hessian(i, j) = loss.hessian[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
  }
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(hessian, Eigen::EigenvaluesOnly).eigenvalues()[0];
}

std::array<double, 3> weighted_median(const PointAffinities& affinities, std::size_t dims) {
  std::array<double, 3> median{};
  std::vector<std::pair<float, std::uint32_t>> order(affinities.p.size());  // places, and the neighbors that have them
  const double half = 0.5 * std::accumulate(affinities.p.begin(), affinities.p.end(), 0.0);
  for (std::size_t m = 0; m < dims; ++m) {
    for (std::size_t n = 0; n < order.size(); ++n) {
      order[n] = {affinities.places[n * dims + m], static_cast<std::uint32_t>(n)};
    }
    std::sort(order.begin(), order.end());
    double sum = 0.0;
    for (const auto& [place, n] : order) {
      sum += affinities.p[n];
      median[m] = static_cast<double>(place);
      if (sum >= half) {
        break;
      }
    }
  }
  return median;
}

Minimum settle(const FrozenField& field, const std::function<PointLoss(const double*)>& loss_at,
               std::array<double, 3> place) {
  const std::size_t dims = field.dims();
  field.clamp(place.data());
  PointLoss loss = loss_at(place.data());
  double damping = 1e-3;
  for (int step = 0; step < most_steps; ++step) {
    std::array<double, 3> move{};
    if (!solve(loss.hessian, damping, loss.gradient, dims, move)) {
      damping = std::max(1e-3, 4.0 * damping);
      continue;
    }
    double length = 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      length += move[m] * move[m];
    }
    length = std::sqrt(length);
    const double cut = length > longest_step ? longest_step / length : 1.0;
    std::array<double, 3> next = place;
    for (std::size_t m = 0; m < dims; ++m) {
      next[m] -= cut * move[m];
    }
    field.clamp(next.data());
    const PointLoss there = loss_at(next.data());
    if (there.value <= loss.value) {
      place = next;
      loss = there;
      damping = std::max(1e-9, 0.25 * damping);
    } else {
      damping = std::max(1e-3, 8.0 * damping);
    }
    if (cut * length < shortest_step) {
      break;
    }
  }
  return {place, loss.value};
}

std::array<double, 3> settle(const FrozenField& field, const Kernel& kernel, Method method, double points,
                             const PointAffinities& affinities, std::array<double, 3> place) {
  const auto loss = [&](const double* at) { return point_loss(field, kernel, method, points, affinities, at); };
  return settle(field, loss, place).place;
}

}  // namespace distsne
