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

TEST(FrozenField, AWeightIsSoManyEqualRows) {
  const auto comm = Communicator::world();
  const auto self = Communicator::self();
  for (const GlobalIndex rows : {300, 40000}) {  // sums, and the grid
    const auto map = test::random_map<float>(test::whole(rows), 0, 2, 8.0);
    RowWeights<float> weights(AlignedVector<float>(map.values.size() / 2));
    std::vector<float> repeated;
    for (LocalIndex i = 0; i < map.local_rows(); ++i) {
      (*weights)[static_cast<std::size_t>(i)] = 1.0F + static_cast<float>(i % 3);
      for (int n = 0; n < 1 + i % 3; ++n) {
        repeated.insert(repeated.end(), map.row(i).begin(), map.row(i).end());
      }
    }
    Embedding<float> all(test::whole(std::ssize(repeated) / 2), 0, 2);
    all.values.assign(repeated.begin(), repeated.end());
    const Kernel kernel;
    const double error = rows < 1000 ? 1e-9 : 2e-3;
    const FrozenField expected(self, all, kernel);
    const FrozenField alone(self, map, kernel, weights);
    EXPECT_NEAR(alone.total(), expected.total(), error * expected.total());
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      const auto begin = weights->begin() + partition.begin(comm.rank());
      const RowWeights<float> own(AlignedVector<float>(begin, begin + partition.size(comm.rank())));
      const FrozenField field(comm, test::part_of(map, partition, comm.rank()), kernel, own);
      EXPECT_EQ(field.total(), alone.total());
      for (const double x : {-7.3, 0.0, 1.26}) {
        const std::array<double, 2> place{x, 0.5 * x + 0.1};
        const FrozenField::Value here = expected.at(place.data());
        EXPECT_EQ(field.at(place.data()).potential, alone.at(place.data()).potential);
        EXPECT_NEAR(field.at(place.data()).potential, here.potential, error * here.potential);
        const FrozenField::Value exact = direct_value(map.values, 2, kernel, place.data(), *weights);
        const FrozenField::Value of_points = direct_value(all.values, 2, kernel, place.data());
        EXPECT_NEAR(exact.potential, of_points.potential, 1e-9 * of_points.potential);
        EXPECT_NEAR(exact.gradient[1], of_points.gradient[1], 1e-9 * of_points.potential);
        EXPECT_NEAR(exact.hessian[0][1], of_points.hessian[0][1], 1e-9 * of_points.potential);
      }
    }
  }
  // Fractions below 1 have no duplicates.
  const auto map = test::random_map<float>(test::whole(300), 0, 2, 8.0);
  const RowWeights<float> half(AlignedVector<float>(300, 0.5F));
  const FrozenField whole(self, map, Kernel{});
  EXPECT_NEAR(FrozenField(self, map, Kernel{}, half).total(), 0.25 * whole.total(), 1e-9 * whole.total());
}

}  // namespace
}  // namespace distsne
