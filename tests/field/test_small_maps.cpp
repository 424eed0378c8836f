/// Maps as small as at the start of a run, and such with a few points far from all others: every accuracy is reached,
/// or the error is one that moves nothing.
#include <gtest/gtest.h>

#include "field/grid_field.hpp"
#include "field/reference.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows = 300;

/// A map of normal coordinates; row 5 lies `far` from where it would be.
template <class Real>
Embedding<Real> small_map(LocalIndex dims, double deviation, double far) {
  auto map = test::random_map<Real>(test::whole(rows), 0, dims, deviation);
  map.row(5)[0] += static_cast<Real>(far);
  return map;
}

double square(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) {
    sum += value * value;
  }
  return sum;
}

/// The error of the force of a fitted field, relative to the force or to 1e-4 of the potential.
template <class Real>
double error_of(const Kernel& kernel, const Embedding<Real>& map, double accuracy) {
  const auto comm = Communicator::world();
  const RowPartition partition(rows, comm.size());
  const auto part = test::part_of(map, partition, comm.rank());
  const auto field = make_grid_field<Real>(comm, kernel, {accuracy});
  CurrentMap<Real> current(comm, part);
  Timers timers;
  EXPECT_LE(field->calibrate(current, timers), accuracy);
  const FieldValues values = test::values_of(comm, *field, part, false);
  const FieldValues expected = test::naive_field(kernel, map, false);
  const auto first = static_cast<std::size_t>(partition.begin(comm.rank()) * map.columns);
  ExactSum difference;
  for (std::size_t i = 0; i < values.gradient.size(); ++i) {
    difference.add(std::pow(values.gradient[i] - expected.gradient[first + i], 2));
  }
  const double scale = std::max(square(expected.gradient), 1e-8 * square(expected.potential));
  return std::sqrt(comm.sum(std::span<const ExactSum>(&difference, 1))[0] / scale);
}

TEST(SmallMaps, EveryAccuracyIsReachedFromTheStart) {
  for (const Kernel& kernel : {Kernel{KernelShape::student_t, 1.0}, Kernel{KernelShape::gaussian, 1.0}}) {
    for (const LocalIndex dims : {1, 2, 3}) {
      for (const double accuracy : {1e-2, 5e-3, 1e-6}) {
        for (const double deviation : {1e-6, 1e-4, 1e-2}) {
          if (dims == 3 && accuracy < 1e-4 && deviation != 1e-4) {
            continue;  // for time
          }
          SCOPED_TRACE(testing::Message() << "accuracy " << accuracy << " deviation " << deviation << " dims " << dims);
          EXPECT_LE(error_of(kernel, small_map<float>(dims, deviation, 0.0), accuracy), 1.5 * accuracy);
        }
      }
      EXPECT_LE(error_of(kernel, small_map<double>(dims, 1e-4, 0.0), 1e-2), 1.5e-2);
    }
  }
}

TEST(SmallMaps, OnePointFarFromAllOthers) {
  for (const Kernel& kernel : {Kernel{KernelShape::student_t, 1.0}, Kernel{KernelShape::gaussian, 1.0}}) {
    for (const double far : {0.01, 1.0, 30.0}) {
      for (const double accuracy : {1e-2, 1e-3}) {
        EXPECT_LE(error_of(kernel, small_map<float>(2, 1e-7, far), accuracy), 1.5 * accuracy) << far;
      }
    }
  }
}

TEST(SmallMaps, AllPointsOnOneSpot) {
  EXPECT_LE(error_of(Kernel{KernelShape::student_t, 1.0}, small_map<float>(2, 0.0, 0.0), 1e-2), 1e-2);
}

}  // namespace
}  // namespace distsne
