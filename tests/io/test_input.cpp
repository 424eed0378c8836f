/// Reading matrices of every type and layout, each rank its own rows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/hdf5_files.hpp"
#include "io/input.hpp"
#include "mpi/agreement.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

using test::put_numbers;
using test::Storage;

/// 16-bit floats, which HDF5 1.10 has no name for.
Hdf5Handle half_float() {
  Hdf5Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "no 16-bit float");
  check_hdf5(H5Tset_fields(type.id(), 15, 10, 5, 0, 10), "no 16-bit float");
  check_hdf5(H5Tset_size(type.id(), 2), "no 16-bit float");
  check_hdf5(H5Tset_ebias(type.id(), 15), "no 16-bit float");
  return type;
}

/// An element that every numeric type can hold.
double element(GlobalIndex row, GlobalIndex column) { return static_cast<double>((7 * row + 3 * column) % 101); }

std::vector<double> elements(GlobalIndex rows, GlobalIndex columns) {
  std::vector<double> values;
  for (GlobalIndex i = 0; i < rows * columns; ++i) {
    values.push_back(element(i / columns, i % columns));
  }
  return values;
}

template <class Real>
void expect_elements(const DistributedMatrix<Real>& matrix, GlobalIndex rows, GlobalIndex columns) {
  ASSERT_EQ(matrix.rows(), rows);
  ASSERT_EQ(matrix.columns, columns);
  ASSERT_EQ(matrix.values.size(), static_cast<std::size_t>(matrix.local_rows() * matrix.columns));
  for (LocalIndex i = 0; i < matrix.local_rows(); ++i) {
    for (LocalIndex k = 0; k < matrix.columns; ++k) {
      const GlobalIndex row = matrix.first_row() + i;
      ASSERT_EQ(static_cast<double>(matrix.row(i)[static_cast<std::size_t>(k)]), element(row, k))
          << "row " << row << ", column " << k;
    }
  }
}

class Input : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};

  /// Makes the file of a test on rank 0.
  std::string make(const std::function<void(const std::string& path)>& fill, const std::string& name = "input.h5") {
    const std::string path = folder.file(name);
    attempt_on_root(comm, [&] { fill(path); });
    return path;
  }
  /// Reads X of a file and compares it with elements(rows, columns), as float and as double.
  void expect_reads(const std::string& path, GlobalIndex rows, GlobalIndex columns) {
    const InputDescription input = describe_input(comm, {path, "X"});
    EXPECT_EQ(input.path, path);
    EXPECT_EQ(input.dataset, "/X");
    ASSERT_EQ(input.rows, rows);
    ASSERT_EQ(input.columns, columns);
    require_embeddable(comm, input);
    expect_elements(read_matrix<float>(comm, input), rows, columns);
    expect_elements(read_matrix<double>(comm, input), rows, columns);
  }
};

TEST_F(Input, EveryIntegerAndFloatType) {
  const Hdf5Handle half = half_float();
  const std::vector<hid_t> types{H5T_STD_I8LE,  H5T_STD_I16LE,     H5T_STD_I32LE,  H5T_STD_I64LE,  H5T_STD_U8LE,
                                 H5T_STD_U16LE, H5T_STD_U32LE,     H5T_STD_U64LE,  H5T_STD_I8BE,   H5T_STD_I16BE,
                                 H5T_STD_I32BE, H5T_STD_I64BE,     H5T_STD_U8BE,   H5T_STD_U16BE,  H5T_STD_U32BE,
                                 H5T_STD_U64BE, H5T_IEEE_F32LE,    H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE,
                                 half.id(),     H5T_NATIVE_LDOUBLE};
  for (std::size_t t = 0; t < types.size(); ++t) {
    SCOPED_TRACE(t);
    Storage storage;
    storage.type = types[t];
    expect_reads(make(
                     [&](const std::string& path) {
                       put_numbers(path, "X", {13, 5}, elements(13, 5), storage);
                     },
                     fmt::format("type_{}.h5", t)),
                 13, 5);
  }
}

TEST_F(Input, ExtremeValuesKeepTheirSizeAndSign) {
  struct Case {
    hid_t type;
    std::vector<double> values;
  };
  const double two_63 = std::ldexp(1.0, 63);
  const std::vector<Case> cases{{H5T_STD_I8LE, {-128, 127}},
                                {H5T_STD_U8LE, {0, 255}},
                                {H5T_STD_I16BE, {-32768, 32767}},
                                {H5T_STD_U32LE, {0, 4294967295.0}},
                                {H5T_STD_I64BE, {-two_63, 4503599627370497.0}},
                                {H5T_STD_U64LE, {two_63, 9007199254740991.0}},
                                {H5T_IEEE_F64BE, {-1.7e308, 5e-324}},
                                {H5T_IEEE_F64LE, {0.1, -0.0}}};
  for (std::size_t c = 0; c < cases.size(); ++c) {
    SCOPED_TRACE(c);
    Storage storage;
    storage.type = cases[c].type;
    const std::string path = make(
        [&](const std::string& file) {
          put_numbers(file, "X", {1, 2}, cases[c].values, storage);
        },
        fmt::format("extreme_{}.h5", c));
    const auto matrix = read_matrix<double>(comm, describe_input(comm, {path, ""}));
    for (std::size_t k = 0; k < matrix.values.size(); ++k) {
      EXPECT_EQ(matrix.values[k], cases[c].values[k]);
      EXPECT_EQ(std::signbit(matrix.values[k]), std::signbit(cases[c].values[k]));
    }
  }
}

TEST_F(Input, DoublesAreRoundedToNearestFloats) {
  const std::vector<double> values{0.1, 1.0 / 3.0, 1e-40, 16777217.0};
  const std::string path = make([&](const std::string& file) { put_numbers(file, "X", {4, 1}, values); });
  const auto matrix = read_matrix<float>(comm, describe_input(comm, {path, ""}));
  for (LocalIndex i = 0; i < matrix.local_rows(); ++i) {
    EXPECT_EQ(matrix.row(i)[0], static_cast<float>(values[static_cast<std::size_t>(matrix.first_row() + i)]));
  }
}

TEST_F(Input, EveryLayout) {
  const std::vector<Storage> layouts{{H5T_STD_U16LE, {}, false},       {H5T_STD_U16LE, {1, 1}, false},
                                     {H5T_IEEE_F32LE, {10, 3}, false}, {H5T_IEEE_F32BE, {10, 3}, true},
                                     {H5T_STD_U8LE, {53, 11}, true},   {H5T_IEEE_F64LE, {16, 11}, true},
                                     {H5T_STD_I32LE, {53, 1}, true}};
  for (std::size_t l = 0; l < layouts.size(); ++l) {
    SCOPED_TRACE(l);
    expect_reads(make(
                     [&](const std::string& path) {
                       put_numbers(path, "X", {53, 11}, elements(53, 11), layouts[l]);
                     },
                     fmt::format("layout_{}.h5", l)),
                 53, 11);
  }
}

TEST_F(Input, FewerRowsThanRanks) {
  for (const GlobalIndex rows : {2, 3, 5}) {
    SCOPED_TRACE(rows);
    expect_reads(make(
                     [&](const std::string& path) {
                       put_numbers(path, "X", {static_cast<hsize_t>(rows), 4}, elements(rows, 4));
                     },
                     fmt::format("rows_{}.h5", rows)),
                 rows, 4);
  }
}

TEST_F(Input, RowsThatAreReadInSeveralStrips) {
  // 80 MB as floats, where about 64 MiB are read at a time; chunks that divide neither rows nor strips.
  constexpr GlobalIndex rows = 4000;
  constexpr GlobalIndex columns = 5000;
  for (const bool chunked : {false, true}) {
    SCOPED_TRACE(chunked);
    Storage storage;
    storage.type = H5T_STD_U8LE;
    if (chunked) {
      storage.chunk = {700, 2600};
      storage.compressed = true;
    }
    const std::string path = make(
        [&](const std::string& file) {
          put_numbers(file, "X", {rows, columns}, elements(rows, columns), storage);
        },
        chunked ? "chunks.h5" : "contiguous.h5");
    expect_elements(read_matrix<float>(comm, describe_input(comm, {path, ""})), rows, columns);
  }
}

TEST_F(Input, TheOnlyMatrixIsFound) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "deep/group/matrix", {6, 2}, elements(6, 2));
    put_numbers(file, "deep/labels", {6}, std::vector<double>(6, 1.0));
    put_numbers(file, "cube", {2, 2, 2}, std::vector<double>(8, 1.0));
    test::put_strings(file, "names", {"a", "b"});
  });
  const InputDescription found = describe_input(comm, {path, ""});
  EXPECT_EQ(found.dataset, "/deep/group/matrix");
  expect_elements(read_matrix<float>(comm, found), 6, 2);
  for (const char* name : {"deep/group/matrix", "/deep/group/matrix", "//deep/group//matrix", "deep/group/matrix/"}) {
    EXPECT_EQ(describe_input(comm, {path, name}).dataset, "/deep/group/matrix") << name;
  }
}

TEST_F(Input, ADatasetIsChosenAmongSeveral) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "other", {6, 3}, std::vector<double>(18, 0.5));
    put_numbers(file, "X", {6, 2}, elements(6, 2));
  });
  expect_reads(path, 6, 2);
  EXPECT_EQ(describe_input(comm, {path, "other"}).columns, 3);
}

TEST_F(Input, ASoftLinkLeadsToTheMatrixAndIsNotASecondOne) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "real", {6, 2}, elements(6, 2));
    const Hdf5Handle open(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, "no file");
    check_hdf5(H5Lcreate_soft("/real", open.id(), "soft", H5P_DEFAULT, H5P_DEFAULT), "no link");
  });
  expect_elements(read_matrix<float>(comm, describe_input(comm, {path, "soft"})), 6, 2);
  EXPECT_EQ(describe_input(comm, {path, ""}).dataset, "/real");
}

}  // namespace
}  // namespace distsne
