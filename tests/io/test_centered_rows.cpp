/// Data far from the origin keep the differences between their rows, which rounding to float would take away.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "io/hdf5_files.hpp"
#include "io/input.hpp"
#include "mpi/agreement.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows = 90;
constexpr GlobalIndex columns = 3;

/// Whole numbers from -50 to 50.
double element(GlobalIndex row, GlobalIndex column) {
  return std::round(100.0 * CounterRandom(8).uniform(row, static_cast<std::uint32_t>(column))) - 50.0;
}

class CenteredRows : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};

  /// Rows of element() with an offset, all of which the type holds.
  DistributedMatrix<float> read(double offset, hid_t type, Origin origin = Origin::of_the_rows) {
    const std::string path = folder.file("input.h5");
    attempt_on_root(comm, [&] {
      std::vector<double> values;
      for (GlobalIndex i = 0; i < rows * columns; ++i) {
        values.push_back(offset + element(i / columns, i % columns));
      }
      std::remove(path.c_str());
      test::put_numbers(path, "X", {rows, columns}, values, {type, {7, columns}, false});
    });
    return read_matrix<float>(comm, describe_input(comm, {path, ""}), origin);
  }

  /// Differences between rows are what they were in the file.
  void expect_differences(const DistributedMatrix<float>& matrix) {
    for (GlobalIndex c = 0; c < columns; ++c) {
      double shift = -std::numeric_limits<double>::infinity();
      if (matrix.local_rows() > 0) {
        shift = static_cast<double>(matrix.row(0)[static_cast<std::size_t>(c)]) - element(matrix.first_row(), c);
      }
      shift = comm.max(shift);
      EXPECT_LT(std::abs(shift), 51.0);
      for (LocalIndex i = 0; i < matrix.local_rows(); ++i) {
        EXPECT_EQ(static_cast<double>(matrix.row(i)[static_cast<std::size_t>(c)]),
                  element(matrix.first_row() + i, c) + shift);
      }
    }
  }
};

TEST_F(CenteredRows, FloatsFarFromTheOrigin) {
  expect_differences(read(1e7, H5T_IEEE_F64LE));
  expect_differences(read(-1e9, H5T_IEEE_F64LE));
  expect_differences(read(1e13, H5T_IEEE_F64LE));
}

TEST_F(CenteredRows, IntegersFarFromTheOrigin) {
  expect_differences(read(2e9, H5T_STD_I32LE));
  expect_differences(read(std::ldexp(1.0, 52), H5T_STD_I64BE));
  expect_differences(read(4e9, H5T_STD_U32LE));
  expect_differences(read(std::ldexp(1.0, 52), H5T_STD_U64LE));
}

TEST_F(CenteredRows, OthersAreReadAsTheyAre) {
  for (const double offset : {0.0, 50.0, 500.0}) {
    const auto matrix = read(offset, H5T_IEEE_F64LE);
    EXPECT_EQ(matrix.values, read(offset, H5T_IEEE_F64LE, Origin::of_the_file).values);
    for (LocalIndex i = 0; i < matrix.local_rows(); ++i) {
      EXPECT_EQ(matrix.row(i)[1], static_cast<float>(offset + element(matrix.first_row() + i, 1)));
    }
  }
}

}  // namespace
}  // namespace distsne
