/// Attributes and small datasets of an HDF5 file.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"

namespace distsne {

/// Adds attributes and small datasets to a file that one process has open.
class Annotator {
 public:
  Annotator(hid_t file, std::string failure) : file_(file), failure_(std::move(failure)) {}

  void attribute(const char* name, const std::string& text) const {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, failure_);
    check_hdf5(H5Tset_size(type.id(), H5T_VARIABLE), failure_);
    check_hdf5(H5Tset_cset(type.id(), H5T_CSET_UTF8), failure_);
    const char* const pointer = text.c_str();
    write_attribute(name, type.id(), static_cast<const void*>(&pointer));
  }
  void attribute(const char* name, std::int64_t value) const { write_attribute(name, H5T_NATIVE_INT64, &value); }
  void attribute(const char* name, std::uint64_t value) const { write_attribute(name, H5T_NATIVE_UINT64, &value); }
  void attribute(const char* name, double value) const { write_attribute(name, H5T_NATIVE_DOUBLE, &value); }

  void group(const char* name) const {
    const Hdf5Handle made(H5Gcreate2(file_, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, failure_);
  }
  void dataset(const char* name, const std::vector<double>& values) const {
    write_dataset(name, H5T_NATIVE_DOUBLE, values.size(), values.data());
  }
  void matrix(const char* name, const std::vector<double>& values, std::size_t columns) const {
    const std::array<hsize_t, 2> extent{values.size() / columns, columns};
    const Hdf5Handle space(H5Screate_simple(2, extent.data(), nullptr), H5Sclose, failure_);
    const Hdf5Handle made(H5Dcreate2(file_, name, H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          H5Dclose, failure_);
    check_hdf5(H5Dwrite(made.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), failure_);
  }
  void dataset(const char* name, const std::vector<std::int64_t>& values) const {
    write_dataset(name, H5T_NATIVE_INT64, values.size(), values.data());
  }
  void dataset(const char* name, const std::vector<std::string>& values) const {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, failure_);
    check_hdf5(H5Tset_size(type.id(), H5T_VARIABLE), failure_);
    check_hdf5(H5Tset_cset(type.id(), H5T_CSET_UTF8), failure_);
    std::vector<const char*> pointers;
    pointers.reserve(values.size());
    for (const std::string& value : values) {
      pointers.push_back(value.c_str());
    }
    write_dataset(name, type.id(), pointers.size(), static_cast<const void*>(pointers.data()));
  }

 private:
  void write_attribute(const char* name, hid_t type, const void* value) const {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose, failure_);
    const Hdf5Handle made(H5Acreate2(file_, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, failure_);
    check_hdf5(H5Awrite(made.id(), type, value), failure_);
  }
  void write_dataset(const char* name, hid_t type, std::size_t count, const void* values) const {
    const hsize_t extent = count;
    const Hdf5Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, failure_);
    const Hdf5Handle made(H5Dcreate2(file_, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
                          failure_);
    if (count > 0) {
      check_hdf5(H5Dwrite(made.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), failure_);
    }
  }

  hid_t file_;
  std::string failure_;
};

}  // namespace distsne
