/// Small HDF5 files for the tests of io: making them on one process, and looking into what was written.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "distsne/base/error.hpp"
#include "distsne/mpi/communicator.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne::test {

/// How a dataset lies in its file.
struct Storage {
  hid_t type = H5T_IEEE_F64LE;
  std::vector<hsize_t> chunk;  ///< empty: contiguous
  bool compressed = false;     ///< shuffled and deflated; needs chunks
};

/// One process. Adds a dataset to a file, which is made where it does not exist; groups on the way are made too.
void put_numbers(const std::string& path, const std::string& name, const std::vector<hsize_t>& extent,
                 const std::vector<double>& values, const Storage& storage = {});

/// One process. Adds a 1-D dataset of strings: of variable length, or padded to `fixed_size` bytes.
void put_strings(const std::string& path, const std::string& name, const std::vector<std::string>& values,
                 std::size_t fixed_size = 0);

/// One process. What a dataset or an attribute of the root holds.
[[nodiscard]] std::vector<double> numbers_of(const std::string& path, const std::string& name);
[[nodiscard]] std::vector<std::string> strings_of(const std::string& path, const std::string& name);
[[nodiscard]] double number_attribute(const std::string& path, const std::string& name);
[[nodiscard]] std::string string_attribute(const std::string& path, const std::string& name);
/// Class and size in bytes of a dataset's type, for example "integer of 1".
[[nodiscard]] std::string type_of(const std::string& path, const std::string& name);
[[nodiscard]] bool has_link(const std::string& path, const std::string& name);

/// Collective. Expects that `work` throws the same Error on all ranks, with this exit code, and with a message that
/// holds all the fragments.
void expect_error(const Communicator& comm, ExitCode code, const std::vector<std::string>& fragments,
                  const std::function<void()>& work);

}  // namespace distsne::test
