/// Looking at the course of the cost, and at the shape of the map.
#include "embed/pace.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "distsne/base/exact_sum.hpp"

namespace distsne {

bool Pace::take(double cost, int check_every) {
  const bool least = cost <= best;
  best = std::min(best, cost);
  bests.push_back(best);
  if (static_cast<int>(bests.size()) > window / check_every + 1) {
    bests.erase(bests.begin());
  }
  return least;
}

double Pace::fall(int check_every, double floor) const {
  if (bests.size() < 2 || static_cast<int>(bests.size()) < window / check_every + 1) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double iterations = static_cast<double>(bests.size() - 1) * check_every;
  return (bests.front() - bests.back()) / iterations / std::max(std::abs(bests.back()), floor);
}

void Pace::go_back() {
  bests.clear();
  rising = 0;
  ++recoveries;
}

template <class Real>
MapShape shape_of(const Communicator& comm, const Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  const auto count = static_cast<double>(map.rows());
  const auto rows = static_cast<std::size_t>(map.local_rows());
  std::vector<double> terms(rows);
  const auto sums_of = [&](std::size_t how_many, const auto& term) {
    std::vector<ExactSum> sums;
    for (std::size_t s = 0; s < how_many; ++s) {
      for (std::size_t i = 0; i < rows; ++i) {
        terms[i] = term(s, i);
      }
      sums.push_back(exact_sum(terms));
    }
    return comm.sum(std::span<const ExactSum>(sums));
  };
  const auto coordinate = [&](std::size_t i, std::size_t m) { return static_cast<double>(map.values[i * dims + m]); };

  MapShape shape;
  const std::vector<double> first = sums_of(dims, [&](std::size_t m, std::size_t i) { return coordinate(i, m); });
  for (std::size_t m = 0; m < dims; ++m) {
    shape.mean[m] = first[m] / count;
  }
  const std::vector<double> second = sums_of(dims * dims, [&](std::size_t s, std::size_t i) {
    return (coordinate(i, s / dims) - shape.mean[s / dims]) * (coordinate(i, s % dims) - shape.mean[s % dims]);
  });
  Eigen::MatrixXd covariance(dims, dims);
  for (std::size_t s = 0; s < second.size(); ++s) {
    covariance(static_cast<Eigen::Index>(s / dims), static_cast<Eigen::Index>(s % dims)) = second[s] / count;
  }
  if (!covariance.allFinite()) {
    shape.deviation.fill(std::numeric_limits<double>::quiet_NaN());
    return shape;
  }
  const Eigen::VectorXd variances = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance).eigenvalues();
  for (std::size_t m = 0; m < dims; ++m) {
    shape.deviation[m] = std::sqrt(std::max(0.0, variances[static_cast<Eigen::Index>(dims - 1 - m)]));
  }
  return shape;
}

bool is_flat(const MapShape& shape, GlobalIndex rows, int dims) {
  return rows > dims && !(shape.deviation[static_cast<std::size_t>(dims) - 1] > flat_share * shape.deviation[0]);
}

template MapShape shape_of(const Communicator&, const Embedding<float>&);
template MapShape shape_of(const Communicator&, const Embedding<double>&);

}  // namespace distsne
