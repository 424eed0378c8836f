/// Writing and reading whole datasets through HDF5's serial interface.
#include "io/hdf5_files.hpp"

#include <filesystem>
#include <numeric>

namespace distsne::test {
namespace {

const std::string failure = "HDF5 failed on a file of the test";

Hdf5Handle open_for_writing(const std::string& path) {
  return Hdf5Handle(std::filesystem::exists(path) ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                                                  : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT),
                    H5Fclose, failure);
}

Hdf5Handle open_for_reading(const std::string& path) {
  return Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
}

Hdf5Handle open_dataset(const Hdf5Handle& file, const std::string& name) {
  return Hdf5Handle(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, failure);
}

Hdf5Handle string_type(std::size_t size) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, failure);
  check_hdf5(H5Tset_size(type.id(), size), failure);
  return type;
}

void put(const std::string& path, const std::string& name, const std::vector<hsize_t>& extent, const Storage& storage,
         hid_t memory_type, const void* values) {
  const Hdf5Handle file = open_for_writing(path);
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose, failure);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, failure);
  if (!storage.chunk.empty()) {
    check_hdf5(H5Pset_chunk(creation.id(), static_cast<int>(storage.chunk.size()), storage.chunk.data()), failure);
  }
  if (storage.compressed) {
    check_hdf5(H5Pset_shuffle(creation.id()), failure);
    check_hdf5(H5Pset_deflate(creation.id(), 1), failure);
  }
  const Hdf5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, failure);
  check_hdf5(H5Pset_create_intermediate_group(links.id(), 1), failure);
  const Hdf5Handle dataset(
      H5Dcreate2(file.id(), name.c_str(), storage.type, space.id(), links.id(), creation.id(), H5P_DEFAULT), H5Dclose,
      failure);
  if (H5Sget_simple_extent_npoints(space.id()) > 0) {
    check_hdf5(H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), failure);
  }
}

std::size_t entries(const Hdf5Handle& dataset) {
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  return static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id()));
}

}  // namespace

void put_numbers(const std::string& path, const std::string& name, const std::vector<hsize_t>& extent,
                 const std::vector<double>& values, const Storage& storage) {
  ASSERT_EQ(values.size(), std::accumulate(extent.begin(), extent.end(), hsize_t{1}, std::multiplies<>()));
  put(path, name, extent, storage, H5T_NATIVE_DOUBLE, values.data());
}

void put_strings(const std::string& path, const std::string& name, const std::vector<std::string>& values,
                 std::size_t fixed_size) {
  const Hdf5Handle type = string_type(fixed_size > 0 ? fixed_size : H5T_VARIABLE);
  Storage storage;
  storage.type = type.id();
  if (fixed_size > 0) {
    std::string text;
    for (const std::string& value : values) {
      text += value + std::string(fixed_size - value.size(), '\0');
    }
    put(path, name, {values.size()}, storage, type.id(), text.data());
    return;
  }
  std::vector<const char*> pointers;
  for (const std::string& value : values) {
    pointers.push_back(value.c_str());
  }
  put(path, name, {values.size()}, storage, type.id(), static_cast<const void*>(pointers.data()));
}

std::vector<double> numbers_of(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  const Hdf5Handle dataset = open_dataset(file, name);
  std::vector<double> values(entries(dataset));
  check_hdf5(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), failure);
  return values;
}

std::vector<std::string> strings_of(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  const Hdf5Handle dataset = open_dataset(file, name);
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
  const std::size_t count = entries(dataset);
  std::vector<std::string> values;
  if (H5Tis_variable_str(type.id()) > 0) {
    std::vector<char*> pointers(count, nullptr);
    const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
    check_hdf5(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<void*>(pointers.data())),
               failure);
    values.assign(pointers.begin(), pointers.end());
    check_hdf5(H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, static_cast<void*>(pointers.data())), failure);
  } else {
    const std::size_t size = H5Tget_size(type.id());
    std::string text(count * size, ' ');
    check_hdf5(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), failure);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string padded = text.substr(i * size, size);
      values.push_back(padded.substr(0, padded.find('\0')));
    }
  }
  return values;
}

double number_attribute(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  const Hdf5Handle attribute(H5Aopen(file.id(), name.c_str(), H5P_DEFAULT), H5Aclose, failure + ": " + name);
  double value = 0.0;
  check_hdf5(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), failure);
  return value;
}

std::string string_attribute(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  const Hdf5Handle attribute(H5Aopen(file.id(), name.c_str(), H5P_DEFAULT), H5Aclose, failure + ": " + name);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  char* text = nullptr;
  check_hdf5(H5Aread(attribute.id(), type.id(), static_cast<void*>(&text)), failure);
  std::string value(text);
  check_hdf5(H5free_memory(text), failure);
  return value;
}

std::string type_of(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  const Hdf5Handle dataset = open_dataset(file, name);
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
  const H5T_class_t kind = H5Tget_class(type.id());
  const std::string kind_name = kind == H5T_INTEGER ? "integer" : kind == H5T_FLOAT ? "float" : "string";
  return kind_name + " of " + (H5Tis_variable_str(type.id()) > 0 ? "any" : std::to_string(H5Tget_size(type.id())));
}

bool has_link(const std::string& path, const std::string& name) {
  const Hdf5Handle file = open_for_reading(path);
  return H5Lexists(file.id(), name.c_str(), H5P_DEFAULT) > 0;
}

void expect_error(const Communicator& comm, ExitCode code, const std::vector<std::string>& fragments,
                  const std::function<void()>& work) {
  std::string message;
  try {
    work();
    ADD_FAILURE() << "no error on rank " << comm.rank() << " about: " << (fragments.empty() ? "" : fragments.front());
  } catch (const Error& error) {
    message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    EXPECT_TRUE(error.everywhere()) << message;
    for (const std::string& fragment : fragments) {
      EXPECT_NE(message.find(fragment), std::string::npos) << "'" << fragment << "' is not in: " << message;
    }
  }
  EXPECT_EQ(message, comm.broadcast_string(message)) << "on rank " << comm.rank();
}

}  // namespace distsne::test
