/// The field written out, and how the tests ask a field for its values.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "field/field.hpp"
#include "field/kernel.hpp"
#include "support/data.hpp"

namespace distsne::test {

inline const std::vector<Kernel> kernels{{KernelShape::student_t, 1.0},
                                         {KernelShape::student_t, 0.5},
                                         {KernelShape::student_t, 3.0},
                                         {KernelShape::gaussian, 1.0}};

/// Charges from 0 to 1 of the rows of this rank.
template <class Real>
AlignedVector<Real> charges_of(const Embedding<Real>& map) {
  AlignedVector<Real> charges;
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    charges.push_back(static_cast<Real>(CounterRandom(3).uniform(map.first_row() + i, 0)));
  }
  return charges;
}

/// The sums of field.hpp over all pairs, in double, at rows [first, last) of the map, all of which this process has;
/// w' = -w s with the stiffness s.
template <class Real>
FieldValues naive_field(const Kernel& kernel, const Embedding<Real>& map, bool charged, GlobalIndex first,
                        GlobalIndex last) {
  FieldValues values;
  const auto rows = static_cast<std::size_t>(map.local_rows());
  const auto dims = static_cast<std::size_t>(map.columns);
  const AlignedVector<Real> charges = charges_of(map);
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
    double potential = 0.0;
    std::array<double, 3> gradient{};
    for (std::size_t j = 0; j < rows; ++j) {
      if (i == j) {
        continue;
      }
      std::array<double, 3> difference{};
      double squared = 0.0;
      for (std::size_t m = 0; m < dims; ++m) {
        difference[m] = static_cast<double>(map.values[i * dims + m]) - static_cast<double>(map.values[j * dims + m]);
        squared += difference[m] * difference[m];
      }
      const double weight = (charged ? static_cast<double>(charges[j]) : 1.0) * kernel.weight(squared);
      potential += weight;
      for (std::size_t m = 0; m < dims; ++m) {
        gradient[m] -= 2.0 * weight * kernel.stiffness(squared) * difference[m];
      }
    }
    values.potential.push_back(potential);
    values.gradient.insert(values.gradient.end(), gradient.begin(), gradient.begin() + map.columns);
  }
  return values;
}

/// At all rows of the map.
template <class Real>
FieldValues naive_field(const Kernel& kernel, const Embedding<Real>& map, bool charged) {
  return naive_field(kernel, map, charged, 0, map.local_rows());
}

/// At the rows that a rank has in a partition.
template <class Real>
FieldValues naive_field(const Kernel& kernel, const Embedding<Real>& map, bool charged, const RowPartition& partition,
                        Rank rank) {
  return naive_field(kernel, map, charged, partition.begin(rank), partition.end(rank));
}

/// Collective. What a field gives for the rows of this rank.
template <class Real>
FieldValues values_of(const Communicator& comm, Field<Real>& field, const Embedding<Real>& map, bool charged) {
  CurrentMap<Real> current(comm, map);
  const AlignedVector<Real> charges = charges_of(map);
  FieldValues values;
  Timers timers;
  field.evaluate(current, charged, charges, values, timers);
  return values;
}

/// Root mean square of the differences over that of the expected values.
inline double relative_error(const std::vector<double>& found, const double* expected) {
  double difference = 0.0;
  double scale = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    difference += std::pow(found[i] - expected[i], 2);
    scale += std::pow(expected[i], 2);
  }
  return scale > 0.0 ? std::sqrt(difference / scale) : std::sqrt(difference);
}

/// Collective. The same of the values of all ranks together.
inline double relative_error(const Communicator& comm, const std::vector<double>& found,
                             const std::vector<double>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  std::array<ExactSum, 2> squares;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    squares[0].add(std::pow(found[i] - expected[i], 2));
    squares[1].add(std::pow(expected[i], 2));
  }
  const auto sums = comm.sum(std::span<const ExactSum>(squares));
  return std::sqrt(sums[0] / sums[1]);
}

}  // namespace distsne::test
