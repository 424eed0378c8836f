/// The direct field against its formula, and its bits over partitions and threads.
#include <gtest/gtest.h>

#include <cmath>

#include "distsne/base/parallel.hpp"
#include "distsne/base/random.hpp"
#include "distsne/field/direct_field.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

const std::vector<Kernel> kernels{{KernelShape::student_t, 1.0},
                                  {KernelShape::student_t, 0.5},
                                  {KernelShape::student_t, 3.0},
                                  {KernelShape::gaussian, 1.0}};

/// The sums of the header, written out, in double. w' = -w s with the stiffness s.
template <class Real>
FieldValues naive(const Kernel& kernel, const MapPoints<Real>& points, std::span<const Real> charges, GlobalIndex first,
                  LocalIndex count) {
  FieldValues values;
  const auto dims = static_cast<std::size_t>(points.dims);
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(first + count); ++i) {
    double potential = 0.0;
    std::array<double, 3> gradient{};
    for (std::size_t j = 0; j < static_cast<std::size_t>(points.rows); ++j) {
      if (i == j) {
        continue;
      }
      std::array<double, 3> difference{};
      double squared = 0.0;
      for (std::size_t m = 0; m < dims; ++m) {
        difference[m] = static_cast<double>(points.coordinate[m][i]) - static_cast<double>(points.coordinate[m][j]);
        squared += difference[m] * difference[m];
      }
      const double charge = charges.empty() ? 1.0 : static_cast<double>(charges[j]);
      const double weight = charge * kernel.weight(squared);
      potential += weight;
      for (std::size_t m = 0; m < dims; ++m) {
        gradient[m] -= 2.0 * weight * kernel.stiffness(squared) * difference[m];
      }
    }
    values.potential.push_back(potential);
    values.gradient.insert(values.gradient.end(), gradient.begin(), gradient.begin() + points.dims);
  }
  return values;
}

template <class Real>
class DirectFieldOf : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(DirectFieldOf, Reals);

TYPED_TEST(DirectFieldOf, MatchesTheFormula) {
  const double tolerance = sizeof(TypeParam) == 4 ? 2e-6 : 1e-13;
  constexpr GlobalIndex rows = 700;  // several blocks of sources and several tiles, none of them full
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto points = test::all_points(test::random_map<TypeParam>(test::whole(rows), 0, dims, 3.0));
    AlignedVector<TypeParam> charges;
    for (GlobalIndex i = 0; i < rows; ++i) {
      charges.push_back(static_cast<TypeParam>(CounterRandom(3).uniform(i, 0)));
    }
    for (const Kernel& kernel : kernels) {
      for (const bool charged : {false, true}) {
        const std::span<const TypeParam> used(charges.data(), charged ? charges.size() : 0);
        const FieldValues expected = naive(kernel, points, used, 13, 600);
        FieldValues values;
        DirectField<TypeParam>(kernel).evaluate(points, used, 13, 600, values);
        double scale = 0.0;
        for (const double g : expected.gradient) {
          scale = std::max(scale, std::abs(g));
        }
        for (std::size_t i = 0; i < 600; ++i) {
          ASSERT_NEAR(values.potential[i], expected.potential[i], tolerance * expected.potential[i])
              << "dims " << dims << " tail " << kernel.tail;
        }
        for (std::size_t i = 0; i < expected.gradient.size(); ++i) {
          ASSERT_NEAR(values.gradient[i], expected.gradient[i], tolerance * scale);
        }
      }
    }
  }
}

TYPED_TEST(DirectFieldOf, GradientIsTheGradientOfThePotential) {
  // In double: phi at a displaced point minus phi at the other side, over the distance.
  constexpr double h = 1e-5;
  for (const LocalIndex dims : {1, 2, 3}) {
    for (const Kernel& kernel : kernels) {
      const auto map = test::random_map<double>(test::whole(40), 0, dims, 1.5);
      FieldValues at;
      DirectField<double>(kernel).evaluate(test::all_points(map), {}, 0, 40, at);
      for (LocalIndex i : {0, 17, 39}) {
        for (LocalIndex m = 0; m < dims; ++m) {
          std::array<double, 2> phi{};
          for (const int side : {0, 1}) {
            auto moved = map;
            moved.row(i)[static_cast<std::size_t>(m)] += side == 0 ? -h : h;
            FieldValues values;
            DirectField<double>(kernel).evaluate(test::all_points(moved), {}, i, 1, values);
            phi[static_cast<std::size_t>(side)] = values.potential[0];
          }
          EXPECT_NEAR((phi[1] - phi[0]) / (2.0 * h), at.gradient[static_cast<std::size_t>(i * dims + m)], 1e-8);
        }
      }
    }
  }
}

TYPED_TEST(DirectFieldOf, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 601;
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto whole = test::all_points(test::random_map<TypeParam>(test::whole(rows), 0, dims, 2.0));
    for (const Kernel& kernel : kernels) {
      set_threads(1);
      FieldValues expected;
      DirectField<TypeParam>(kernel).evaluate(whole, {}, 0, static_cast<LocalIndex>(rows), expected);
      for (const RowPartition& partition : test::partitions(rows, comm.size())) {
        MapPoints<TypeParam> points;
        gather_points(comm, test::random_map<TypeParam>(partition, comm.rank(), dims, 2.0), points);
        const auto first = static_cast<std::size_t>(partition.begin(comm.rank()));
        for (const int threads : {1, 2}) {
          set_threads(threads);
          FieldValues values;
          DirectField<TypeParam>(kernel).evaluate(points, {}, partition.begin(comm.rank()), partition.size(comm.rank()),
                                                  values);
          for (std::size_t i = 0; i < values.potential.size(); ++i) {
            ASSERT_EQ(values.potential[i], expected.potential[first + i]);
          }
          for (std::size_t i = 0; i < values.gradient.size(); ++i) {
            ASSERT_EQ(values.gradient[i], expected.gradient[first * static_cast<std::size_t>(dims) + i]);
          }
        }
      }
    }
  }
  set_threads(1);
}

TYPED_TEST(DirectFieldOf, EqualPointsCountAndThePointItselfDoesNot) {
  Embedding<TypeParam> map(test::whole(5), 0, 2);  // five points at the origin
  for (const Kernel& kernel : kernels) {
    FieldValues values;
    DirectField<TypeParam>(kernel).evaluate(test::all_points(map), {}, 0, 5, values);
    for (const double potential : values.potential) {
      EXPECT_NEAR(potential, 4.0, 1e-6);
    }
    for (const double gradient : values.gradient) {
      EXPECT_EQ(gradient, 0.0);
    }
  }
}

}  // namespace
}  // namespace distsne
