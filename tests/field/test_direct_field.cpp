/// The direct field against its formula, and its bits over partitions and threads.
#include <gtest/gtest.h>

#include "base/parallel.hpp"
#include "field/direct_field.hpp"
#include "field/reference.hpp"

namespace distsne {
namespace {

template <class Real>
class DirectFieldOf : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(DirectFieldOf, Reals);

TYPED_TEST(DirectFieldOf, MatchesTheFormula) {
  const auto comm = Communicator::world();
  const double tolerance = sizeof(TypeParam) == 4 ? 2e-6 : 1e-13;
  constexpr GlobalIndex rows = 700;  // several blocks of sources and several tiles, none of them full
  for (const LocalIndex dims : {1, 2, 3}) {
    const auto map = test::random_map<TypeParam>(test::whole(rows), 0, dims, 3.0);
    for (const Kernel& kernel : test::kernels) {
      for (const bool charged : {false, true}) {
        const RowPartition partition(rows, comm.size());
        const FieldValues expected = test::naive_field(kernel, map, charged, partition, comm.rank());
        double own_scale = 0.0;
        for (const double g : expected.gradient) {
          own_scale = std::max(own_scale, std::abs(g));
        }
        const double scale = comm.max(own_scale);
        DirectField<TypeParam> field(kernel);
        const FieldValues values = test::values_of(comm, field, test::part_of(map, partition, comm.rank()), charged);
        ASSERT_EQ(values.potential.size(), expected.potential.size());
        for (std::size_t i = 0; i < values.potential.size(); ++i) {
          ASSERT_NEAR(values.potential[i], expected.potential[i], tolerance * expected.potential[i])
              << "dims " << dims << " tail " << kernel.tail;
        }
        for (std::size_t i = 0; i < values.gradient.size(); ++i) {
          ASSERT_NEAR(values.gradient[i], expected.gradient[i], tolerance * scale);
        }
      }
    }
  }
}

TEST(DirectField, GradientIsTheGradientOfThePotential) {
  // Phi at a displaced point minus phi at the other side, over the distance.
  constexpr double h = 1e-5;
  const auto comm = Communicator::self();
  for (const LocalIndex dims : {1, 2, 3}) {
    for (const Kernel& kernel : test::kernels) {
      const auto map = test::random_map<double>(test::whole(40), 0, dims, 1.5);
      DirectField<double> field(kernel);
      const FieldValues at = test::values_of(comm, field, map, false);
      for (LocalIndex i : {0, 17, 39}) {
        for (LocalIndex m = 0; m < dims; ++m) {
          std::array<double, 2> phi{};
          for (const int side : {0, 1}) {
            auto moved = map;
            moved.row(i)[static_cast<std::size_t>(m)] += side == 0 ? -h : h;
            phi[static_cast<std::size_t>(side)] =
                test::values_of(comm, field, moved, false).potential[static_cast<std::size_t>(i)];
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
    for (const Kernel& kernel : test::kernels) {
      set_threads(1);
      DirectField<TypeParam> field(kernel);
      const FieldValues expected = test::values_of(Communicator::self(), field,
                                                   test::random_map<TypeParam>(test::whole(rows), 0, dims, 2.0), true);
      for (const RowPartition& partition : test::partitions(rows, comm.size())) {
        const auto map = test::random_map<TypeParam>(partition, comm.rank(), dims, 2.0);
        const auto first = static_cast<std::size_t>(partition.begin(comm.rank()));
        for (const int threads : {1, 2}) {
          set_threads(threads);
          const FieldValues values = test::values_of(comm, field, map, true);
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
  const Embedding<TypeParam> map(test::whole(5), 0, 2);  // five points at the origin
  for (const Kernel& kernel : test::kernels) {
    DirectField<TypeParam> field(kernel);
    const FieldValues values = test::values_of(Communicator::self(), field, map, false);
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
