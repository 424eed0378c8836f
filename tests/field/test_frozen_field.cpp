/// The kept field against sums over all points, its derivatives, and its bits on any ranks.
#include "field/frozen_field.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/alone.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

double potential(const Embedding<float>& map, const Kernel& kernel, const std::array<double, 3>& place) {
  double sum = 0.0;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    double squared = 0.0;
    for (std::size_t m = 0; m < static_cast<std::size_t>(map.columns); ++m) {
      squared += std::pow(place[m] - static_cast<double>(map.row(i)[m]), 2);
    }
    sum += kernel.weight(squared);
  }
  return sum;
}

/// Largest error of value, gradient and Hessian at some places, relative to the largest potential.
std::array<double, 3> errors(const FrozenField& field, const Embedding<float>& map, const Kernel& kernel) {
  const auto dims = static_cast<std::size_t>(map.columns);
  constexpr double h = 1e-3;
  std::array<double, 3> worst{};
  double largest = 0.0;
  for (LocalIndex i = 0; i < 20; ++i) {
    std::array<double, 3> place{};
    for (std::size_t m = 0; m < dims; ++m) {
      place[m] = static_cast<double>(map.row(i)[m]) + 0.3 * static_cast<double>(i % 4) - 0.4;
    }
    const FrozenField::Value value = field.at(place.data());
    largest = std::max(largest, potential(map, kernel, place));
    worst[0] = std::max(worst[0], std::abs(value.potential - potential(map, kernel, place)));
    for (std::size_t a = 0; a < dims; ++a) {
      auto up = place;
      auto down = place;
      up[a] += h;
      down[a] -= h;
      const double slope = (potential(map, kernel, up) - potential(map, kernel, down)) / (2.0 * h);
      worst[1] = std::max(worst[1], std::abs(value.gradient[a] - slope));
      for (std::size_t b = 0; b < dims; ++b) {
        const double bend =
            (field.at(up.data()).gradient[b] - field.at(down.data()).gradient[b]) / (2.0 * h);  // its own derivative
        EXPECT_NEAR(value.hessian[a][b], bend, 1e-3 * largest);
      }
      const double curvature =
          (potential(map, kernel, up) - 2.0 * potential(map, kernel, place) + potential(map, kernel, down)) / (h * h);
      worst[2] = std::max(worst[2], std::abs(value.hessian[a][a] - curvature));
    }
  }
  for (double& one : worst) {
    one /= largest;
  }
  return worst;
}

class FrozenFieldAlone : public test::Alone {};

TEST_F(FrozenFieldAlone, IsThePotentialAnywhereAndItsDerivatives) {
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto map = test::random_map<float>(test::whole(400), 0, dims, 3.0);
    for (const Kernel& kernel : {Kernel{KernelShape::student_t, 1.0}, Kernel{KernelShape::student_t, 0.6},
                                 Kernel{KernelShape::gaussian, 1.0}}) {
      const FrozenField field(Communicator::self(), map, kernel);
      const auto worst = errors(field, map, kernel);
      const double tolerance = dims == 3 ? 20.0 : 1.0;  // of its wider grid
      EXPECT_LT(worst[0], 1e-4 * tolerance) << dims;
      EXPECT_LT(worst[1], 1e-3 * tolerance) << dims;
      EXPECT_LT(worst[2], 2e-2 * tolerance) << dims;
    }
  }
}

TEST(FrozenField, IsTheSameFromAnyPartitionAndFromTheGridNearlyTheSame) {
  const auto comm = Communicator::world();
  for (const GlobalIndex rows : {300, 40000}) {  // sums, and the grid
    const auto map = test::random_map<float>(test::whole(rows), 0, 2, 8.0);
    const Kernel kernel;
    const FrozenField alone(Communicator::self(), map, kernel);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const FrozenField field(comm, test::part_of(map, partition, comm.rank()), kernel);
      EXPECT_EQ(field.total(), alone.total());
      for (const double x : {-7.3, 0.0, 1.26, 99.0}) {
        const std::array<double, 2> place{x, 0.5 * x + 0.1};
        EXPECT_EQ(field.at(place.data()).potential, alone.at(place.data()).potential);
        EXPECT_EQ(field.at(place.data()).gradient, alone.at(place.data()).gradient);
      }
    }
    const std::array<double, 3> place{1.3, -2.2, 0.0};
    EXPECT_NEAR(alone.at(place.data()).potential, potential(map, kernel, place), 1e-3 * potential(map, kernel, place));
  }
}

}  // namespace
}  // namespace distsne
