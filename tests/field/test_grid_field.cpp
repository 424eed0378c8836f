/// The grid field against the sums written out, for every kernel, dimension and accuracy; its bits over partitions.
#include "field/grid_field.hpp"

#include <gtest/gtest.h>

#include "base/parallel.hpp"
#include "field/direct_field.hpp"
#include "field/reference.hpp"
#include "support/alone.hpp"

namespace distsne {
namespace {

/// Points in clusters of different widths, over some `width` units.
template <class Real>
Embedding<Real> clustered(const RowPartition& partition, Rank rank, LocalIndex dims, double width) {
  Embedding<Real> map(partition, rank, dims);
  const CounterRandom random(21);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    const GlobalIndex row = map.first_row() + i;
    const auto cluster = static_cast<GlobalIndex>(random.bits(row, 9) % 20U);
    const double spread = 0.3 + 1.7 * random.uniform(-1 - cluster, 7);
    for (LocalIndex m = 0; m < dims; ++m) {
      const auto column = static_cast<std::uint32_t>(m);
      map.row(i)[static_cast<std::size_t>(m)] =
          static_cast<Real>(width * random.uniform(-1 - cluster, column) + spread * random.normal(row, column));
    }
  }
  return map;
}

const char* name_of(const Kernel& kernel) { return kernel.shape == KernelShape::gaussian ? "Gaussian" : "t"; }

/// The error that the field measures once it has fitted itself to the map.
template <class Real>
double calibrated(const Communicator& comm, GridField<Real>& field, const Embedding<Real>& map) {
  CurrentMap<Real> current(comm, map);
  Timers timers;
  return field.calibrate(current, timers);
}

template <class Real>
void expect_accuracy(LocalIndex dims, GlobalIndex rows, double width, double accuracy,
                     const std::vector<Kernel>& kernels = test::kernels) {
  const auto comm = Communicator::world();
  const auto map = clustered<Real>(test::whole(rows), 0, dims, width);
  const RowPartition partition(rows, comm.size());
  const auto part = test::part_of(map, partition, comm.rank());
  for (const Kernel& kernel : kernels) {
    GridField<Real> field(comm, kernel, {accuracy});
    EXPECT_LT(calibrated(comm, field, part), accuracy);
    for (const bool charged : {false, true}) {
      const FieldValues expected = test::naive_field(kernel, map, charged, partition, comm.rank());
      const FieldValues values = test::values_of(comm, field, part, charged);
      // Charges of their own change the error a little, and the sample sees it with an error of its own.
      EXPECT_LT(test::relative_error(comm, values.gradient, expected.gradient), 1.3 * accuracy)
          << name_of(kernel) << " tail " << kernel.tail << " dims " << dims << " charged " << charged;
      EXPECT_LT(test::relative_error(comm, values.potential, expected.potential), accuracy)
          << name_of(kernel) << " tail " << kernel.tail << " dims " << dims << " charged " << charged;
    }
  }
}

TEST(GridField, ReachesTheAccuracyInOneDimension) {
  expect_accuracy<float>(1, 1500, 60.0, 1e-2);
  expect_accuracy<double>(1, 1500, 60.0, 1e-4);
  expect_accuracy<double>(1, 1500, 60.0, 1e-6);
}

TEST(GridField, ReachesTheAccuracyInTwoDimensions) {
  expect_accuracy<float>(2, 2500, 30.0, 1e-2);
  expect_accuracy<float>(2, 2500, 30.0, 1e-3);
  expect_accuracy<double>(2, 2500, 20.0, 1e-5);
}

TEST(GridField, ReachesTheAccuracyInThreeDimensions) {
  expect_accuracy<float>(3, 1500, 8.0, 1e-2);
  expect_accuracy<double>(3, 800, 3.0, 1e-3);
}

TEST(GridField, MapsOfAThousandUnits) { expect_accuracy<float>(2, 600, 1000.0, 3e-2, {{KernelShape::student_t, 1.0}}); }

TEST(GridField, WeightsOfRowsAreTheirCharges) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 800;
  constexpr double accuracy = 1e-2;
  for (const Kernel& kernel : {Kernel{KernelShape::student_t, 1.0}, Kernel{KernelShape::gaussian, 1.0}}) {
    const auto whole = clustered<float>(test::whole(rows), 0, 2, 25.0);
    // Weights of 1 to 20: the field is that of charges of 1 and 19 times that of the others.
    const FieldValues ones = test::naive_field(kernel, whole, false);
    const FieldValues others = test::naive_field(kernel, whole, true);
    GridField<float> alone(Communicator::self(), kernel, {accuracy});
    const auto values_with = [&](const Communicator& ranks, Field<float>& field, const Embedding<float>& map,
                                 double& error) {
      RowWeights<float> weights = test::charges_of(map);
      for (float& weight : *weights) {
        weight = 1.0F + 19.0F * weight;
      }
      CurrentMap<float> current(ranks, map, weights);
      Timers timers;
      error = field.calibrate(current, timers);
      FieldValues values;
      field.evaluate(current, false, {}, values, timers);
      FieldValues charged;
      CurrentMap<float> plain(ranks, map);
      field.evaluate(plain, true, *weights, charged, timers);
      EXPECT_EQ(values.potential, charged.potential);
      EXPECT_EQ(values.gradient, charged.gradient);
      return values;
    };
    double error = 0.0;
    const FieldValues found = values_with(Communicator::self(), alone, whole, error);
    EXPECT_LT(error, accuracy);
    EXPECT_GT(error, 0.0);
    std::vector<double> expected;
    for (std::size_t i = 0; i < ones.gradient.size(); ++i) {
      expected.push_back(ones.gradient[i] + 19.0 * others.gradient[i]);
    }
    EXPECT_LT(test::relative_error(found.gradient, expected.data()), 1.3 * accuracy);
    DirectField<float> direct(kernel);
    double none = 1.0;
    EXPECT_LT(test::relative_error(values_with(Communicator::self(), direct, whole, none).gradient, expected.data()),
              1e-5);
    EXPECT_EQ(none, 0.0);
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      GridField<float> field(comm, kernel, {accuracy});
      double same = 0.0;
      const FieldValues part = values_with(comm, field, test::part_of(whole, partition, comm.rank()), same);
      EXPECT_EQ(same, error);
      const auto first = static_cast<std::size_t>(2 * partition.begin(comm.rank()));
      for (std::size_t i = 0; i < part.gradient.size(); ++i) {
        ASSERT_EQ(part.gradient[i], found.gradient[first + i]);
      }
    }
  }
}

TEST(GridField, SameBitsForAnyPartitionAndThreads) {
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 501;
  for (const LocalIndex dims : {1, 2, 3}) {
    for (const Kernel& kernel : {Kernel{KernelShape::student_t, 1.0}, Kernel{KernelShape::gaussian, 1.0}}) {
      for (const bool charged : {false, true}) {
        set_threads(1);
        GridField<float> alone(Communicator::self(), kernel, {3e-2});
        const auto whole = clustered<float>(test::whole(rows), 0, dims, dims == 3 ? 4.0 : 25.0);
        const double error = calibrated(Communicator::self(), alone, whole);
        const FieldValues expected = test::values_of(Communicator::self(), alone, whole, charged);
        for (const RowPartition& partition : test::partitions(rows, comm.size())) {
          for (const int threads : {1, 2}) {
            set_threads(threads);
            const auto part = test::part_of(whole, partition, comm.rank());
            GridField<float> field(comm, kernel, {3e-2});
            EXPECT_EQ(calibrated(comm, field, part), error);
            const FieldValues values = test::values_of(comm, field, part, charged);
            const auto first = static_cast<std::size_t>(partition.begin(comm.rank()));
            for (std::size_t i = 0; i < values.potential.size(); ++i) {
              ASSERT_EQ(values.potential[i], expected.potential[first + i]) << "dims " << dims;
            }
            for (std::size_t i = 0; i < values.gradient.size(); ++i) {
              ASSERT_EQ(values.gradient[i], expected.gradient[first * static_cast<std::size_t>(dims) + i]);
            }
          }
        }
      }
    }
  }
  set_threads(1);
}

TEST(GridField, AllPointsEqual) {
  const auto comm = Communicator::world();
  for (const LocalIndex dims : {1, 2, 3}) {
    Embedding<float> map(RowPartition(50, comm.size()), comm.rank(), dims);
    std::fill(map.values.begin(), map.values.end(), 2.75F);
    for (const Kernel& kernel : test::kernels) {
      GridField<float> field(comm, kernel, {1e-3});
      const FieldValues values = test::values_of(comm, field, map, false);
      for (const double potential : values.potential) {
        EXPECT_NEAR(potential, 49.0, 0.02);
      }
      for (const double gradient : values.gradient) {
        EXPECT_NEAR(gradient, 0.0, 0.01);
      }
    }
  }
}

TEST(GridField, TwoFarClustersDoNotDisturbEachOther) {
  // Half of the points 700 units away: the force within a cluster is what it is alone.
  const auto comm = Communicator::world();
  constexpr GlobalIndex rows = 1000;
  const auto near = clustered<float>(test::whole(rows / 2), 0, 2, 10.0);
  Embedding<float> both(test::whole(rows), 0, 2);
  for (LocalIndex i = 0; i < rows / 2; ++i) {
    for (std::size_t m = 0; m < 2; ++m) {
      both.row(i)[m] = near.row(i)[m];
      both.row(i + rows / 2)[m] = near.row(i)[m] + (m == 0 ? 700.0F : 0.0F);
    }
  }
  const Kernel gaussian{KernelShape::gaussian, 1.0};
  const FieldValues expected = test::naive_field(gaussian, near, false);
  const RowPartition partition(rows, comm.size());
  GridField<float> field(comm, gaussian, {1e-2});
  const FieldValues values = test::values_of(comm, field, test::part_of(both, partition, comm.rank()), false);
  const double scale = test::relative_error(expected.gradient, std::vector<double>(rows, 0.0).data()) /
                       std::sqrt(static_cast<double>(rows));
  for (std::size_t i = 0; i < values.gradient.size(); ++i) {
    const std::size_t row = (static_cast<std::size_t>(partition.begin(comm.rank())) * 2 + i) % (rows);
    EXPECT_NEAR(values.gradient[i], expected.gradient[row], 0.1 * scale);
  }
}

class GridFieldAlone : public test::Alone {};

TEST_F(GridFieldAlone, SmallPotentialsAreDeclaredSmall) {
  // A point at growing distance from a cluster: where the grid's relative error is large, it says so.
  const auto comm = Communicator::self();
  const Kernel gaussian{KernelShape::gaussian, 1.0};
  GridField<float> field(comm, gaussian, {1e-2});
  for (double distance = 0.0; distance < 12.0; distance += 0.37) {
    auto map = test::random_map<float>(test::whole(2000), 0, 2, 1.0);
    map.row(7)[0] = static_cast<float>(3.0 + distance);
    const FieldValues expected = test::naive_field(gaussian, map, false);
    const FieldValues values = test::values_of(comm, field, map, false);
    if (values.potential[7] >= field.least_potential(values)) {
      EXPECT_NEAR(values.potential[7], expected.potential[7], 0.2 * expected.potential[7]) << distance;
      EXPECT_NEAR(values.gradient[14], expected.gradient[14], 0.2 * std::abs(expected.gradient[14])) << distance;
    }
  }
}

TEST(GridField, IsFittedAnewWhenTheMapOutgrowsIt) {
  const auto comm = Communicator::world();
  const RowPartition partition(400, comm.size());
  GridField<float> field(comm, {KernelShape::student_t, 1.0}, {1e-2});
  const auto map_of = [&](double deviation) { return test::random_map<float>(partition, comm.rank(), 2, deviation); };
  calibrated(comm, field, map_of(0.05));
  test::values_of(comm, field, map_of(0.06), false);
  EXPECT_FALSE(field.outgrown());
  test::values_of(comm, field, map_of(5.0), false);
  EXPECT_TRUE(field.outgrown());
  calibrated(comm, field, map_of(5.0));
  EXPECT_FALSE(field.outgrown());

  GridField<float> other(comm, {KernelShape::student_t, 1.0}, {1e-2});
  other.set_fit(field.fit());
  EXPECT_EQ(other.fit().step, field.fit().step);
  EXPECT_FALSE(other.outgrown());
  const FieldValues expected = test::values_of(comm, field, map_of(6.0), false);
  const FieldValues values = test::values_of(comm, other, map_of(6.0), false);
  EXPECT_EQ(values.potential, expected.potential);
  EXPECT_EQ(values.gradient, expected.gradient);
}

TEST(GridField, MapThatIsNotFiniteGivesNoNumbers) {
  const auto comm = Communicator::world();
  auto map = test::random_map<float>(RowPartition(40, comm.size()), comm.rank(), 2, 1.0);
  if (comm.rank() == comm.size() - 1 && map.local_rows() > 0) {
    map.row(0)[1] = std::numeric_limits<float>::infinity();
  }
  GridField<float> field(comm, {KernelShape::student_t, 1.0}, {1e-2});
  for (const double potential : test::values_of(comm, field, map, false).potential) {
    EXPECT_TRUE(std::isnan(potential));
  }
}

TEST(GridField, MapTooLargeForMemoryIsAnErrorThatSaysSo) {
  const auto comm = Communicator::world();
  Embedding<float> map(RowPartition(2, comm.size()), comm.rank(), 3);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    std::fill(map.row(i).begin(), map.row(i).end(), map.first_row() + i == 0 ? 0.0F : 5000.0F);
  }
  GridField<float> field(comm, {KernelShape::student_t, 1.0}, {1e-2});
  try {
    test::values_of(comm, field, map, false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.everywhere());
    EXPECT_NE(std::string(error.what()).find("more ranks or nodes"), std::string::npos);
  }
}

}  // namespace
}  // namespace distsne
