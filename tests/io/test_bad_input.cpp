/// What is said about files that cannot be embedded: the same error on all ranks, naming the place.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "io/hdf5_files.hpp"
#include "io/input.hpp"
#include "mpi/agreement.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

using test::expect_error;
using test::put_numbers;
using test::Storage;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

class BadInput : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};

  std::string make(const std::function<void(const std::string& path)>& fill) {
    const std::string path = folder.file("input.h5");
    attempt_on_root(comm, [&] { fill(path); });
    return path;
  }
  void expect_refused(const std::string& path, const std::string& dataset, std::vector<std::string> fragments) {
    fragments.push_back("'" + path + "'");
    expect_error(comm, ExitCode::bad_input, fragments, [&] {
      static_cast<void>(describe_input(comm, {path, dataset}));
    });
  }
};

TEST_F(BadInput, NoSuchFile) {
  expect_refused(folder.file("missing.h5"), "", {"cannot read", "No such file or directory"});
  expect_refused("", "", {"cannot read", "No such file or directory"});
}

TEST_F(BadInput, Directory) { expect_refused(folder.file(""), "", {"it is a directory"}); }

TEST_F(BadInput, PipeIsNotWaitedFor) {
  const std::string path = make([](const std::string& file) { ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0); });
  expect_refused(path, "", {"no regular file"});
}

TEST_F(BadInput, EmptyFile) {
  expect_refused(make([](const std::string& path) { std::ofstream(path).flush(); }), "", {"is an empty file"});
}

TEST_F(BadInput, NotHdf5) {
  expect_refused(make([](const std::string& path) { std::ofstream(path) << "neither rows\nnor numbers\n"; }), "",
                 {"is a text without columns of numbers", "not an HDF5 file"});
  expect_refused(make([](const std::string& path) { std::ofstream(path) << "\1\2" << std::string(99, '\0'); }), "",
                 {"is not an HDF5 file", "convert it", "--shape"});
}

TEST_F(BadInput, Truncated) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "X", {100, 10}, std::vector<double>(1000, 1.0));
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  });
  expect_refused(path, "", {"truncated or damaged"});
  expect_refused(path, "X", {"truncated or damaged"});
}

TEST_F(BadInput, NoSuchDataset) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "group/X", {3, 2}, std::vector<double>(6, 1.0));
    put_numbers(file, "Y", {3, 2}, std::vector<double>(6, 1.0));
  });
  for (const char* name : {"Z", "/group/Z", "group", "no/such/path", "/", "group/X/deeper"}) {
    expect_refused(path, name, {fmt::format("no dataset '{}'", name), "it has /Y, /group/X"});
  }
}

TEST_F(BadInput, SeveralMatrices) {
  const std::string path = make([](const std::string& file) {
    for (int i = 0; i < 12; ++i) {
      put_numbers(file, fmt::format("m{:02}", i), {3, 2}, std::vector<double>(6, 1.0));
    }
  });
  expect_refused(path, "", {"several 2-D datasets", "/m00, /m01", "/m09, ...", "--dataset"});
}

TEST_F(BadInput, NoMatrix) {
  const std::string path = make([](const std::string& file) {
    put_numbers(file, "a", {3}, std::vector<double>(3, 1.0));
    put_numbers(file, "b", {3, 1, 1}, std::vector<double>(3, 1.0));
    test::put_strings(file, "c", {"x"});
  });
  expect_refused(path, "", {"no 2-D dataset of numbers", "/a: 1-D, numbers", "/b: 3-D, numbers", "/c: 1-D, strings"});
}

TEST_F(BadInput, NoDatasetAtAll) {
  const std::string path = make([](const std::string& file) {
    const Hdf5Handle empty(H5Fcreate(file.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "no file");
  });
  expect_refused(path, "", {"it has no datasets at all"});
}

// Whether the dataset is named or the only one of its file.
class BadShapeOrType : public BadInput, public testing::WithParamInterface<const char*> {};

TEST_P(BadShapeOrType, Dimensions) {
  for (const int dims : {0, 1, 3, 4}) {
    const std::string path = make([&](const std::string& file) {
      std::filesystem::remove(file);
      put_numbers(file, "X", std::vector<hsize_t>(static_cast<std::size_t>(dims), 2),
                  std::vector<double>(std::size_t{1} << static_cast<unsigned>(dims), 1.0));
    });
    expect_refused(path, GetParam(), {"dataset '/X'", fmt::format("is {}-D", dims), "one row per point"});
  }
}

TEST_P(BadShapeOrType, Strings) {
  const std::string path = make([](const std::string& file) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "no type");
    const Hdf5Handle made(H5Fcreate(file.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "no file");
    const std::vector<hsize_t> extent{4, 2};
    const Hdf5Handle space(H5Screate_simple(2, extent.data(), nullptr), H5Sclose, "no space");
    const Hdf5Handle dataset(H5Dcreate2(made.id(), "X", type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                             H5Dclose, "none");
  });
  expect_refused(path, GetParam(), {"dataset '/X'", "holds strings", "integers or floats are wanted"});
}

INSTANTIATE_TEST_SUITE_P(Datasets, BadShapeOrType, testing::Values("", "X"),
                         [](const auto& parameter) { return *parameter.param == '\0' ? "TheOnlyOne" : "Named"; });

TEST_F(BadInput, TooSmallToEmbed) {
  struct Case {
    hsize_t rows;
    hsize_t columns;
    const char* complaint;
  };
  for (const Case& one :
       {Case{0, 5, "no rows"}, Case{1, 5, "at least 2 rows"}, Case{5, 0, "no columns"}, Case{0, 0, "no rows"}}) {
    const std::string path = make([&](const std::string& file) {
      std::filesystem::remove(file);
      put_numbers(file, "X", {one.rows, one.columns}, std::vector<double>(one.rows * one.columns, 1.0));
    });
    const InputDescription input = describe_input(comm, {path, ""});
    expect_error(comm, ExitCode::bad_input,
                 {path, "dataset '/X'", fmt::format("{} x {}", one.rows, one.columns), one.complaint},
                 [&] { require_embeddable(comm, input); });
  }
}

/// A 23 x 4 matrix with some values in it that are not finite.
class NotFinite : public BadInput {
 protected:
  struct Place {
    std::size_t row;
    std::size_t column;
    double value;
  };
  InputDescription with(const std::vector<Place>& places) {
    const std::string path = make([&](const std::string& file) {
      std::vector<double> values(23 * 4, 1.0);
      for (const Place& place : places) {
        values[place.row * 4 + place.column] = place.value;
      }
      std::filesystem::remove(file);
      put_numbers(file, "X", {23, 4}, values);
    });
    return describe_input(comm, {path, ""});
  }
  template <class Real>
  void expect_found(const InputDescription& input, int row, int column, const std::string& what) {
    expect_error(comm, ExitCode::bad_input,
                 {input.path, "dataset '/X'",
                  fmt::format("row {}, column {} (counted from 0) is {}:", row, column, what), "remove or replace"},
                 [&] { static_cast<void>(read_matrix<Real>(comm, input)); });
  }
};

TEST_F(NotFinite, OneValueOnAnyRank) {
  for (const std::size_t row : {0U, 4U, 11U, 22U}) {
    const auto place = static_cast<int>(row);
    expect_found<double>(with({{row, 3, nan}}), place, 3, "NaN");
    expect_found<float>(with({{row, 0, nan}}), place, 0, "NaN");
    expect_found<double>(with({{row, 1, -infinity}}), place, 1, "infinite");
    expect_found<float>(with({{row, 1, infinity}}), place, 1,
                        "infinite, or too large for --precision float, which holds up to 3.4e38");
  }
}

TEST_F(NotFinite, TheFirstOfSeveralIsNamed) {
  expect_found<double>(with({{21, 0, nan}, {9, 2, infinity}, {9, 3, nan}, {15, 1, nan}}), 9, 2, "infinite");
  expect_found<float>(with({{22, 3, nan}, {22, 2, nan}}), 22, 2, "NaN");
}

TEST_F(NotFinite, DoublesThatNoFloatHolds) {
  const InputDescription input = with({{12, 2, 1e300}});
  expect_found<float>(input, 12, 2, "infinite, or too large for --precision float, which holds up to 3.4e38");
  EXPECT_NO_THROW(static_cast<void>(read_matrix<double>(comm, input)));
}

TEST_F(BadInput, DamageInsideTheRowsOfOneRank) {
  const std::string path = make([](const std::string& file) {
    Storage storage;
    storage.type = H5T_STD_U16LE;
    storage.chunk = {1, 1000};
    storage.compressed = true;
    std::vector<double> values;
    for (int i = 0; i < 30000; ++i) {
      values.push_back((i * 7919) % 65521);
    }
    put_numbers(file, "X", {30, 1000}, values, storage);
    // The chunks are written in the order of their rows: the end of the file lies in the last of them.
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(-700, std::ios::end);
    stream << std::string(600, '\xff');
  });
  const InputDescription input = describe_input(comm, {path, ""});
  expect_error(comm, ExitCode::io_failure, {path, "dataset '/X'", "reading failed"},
               [&] { static_cast<void>(read_matrix<float>(comm, input)); });
}

}  // namespace
}  // namespace distsne
