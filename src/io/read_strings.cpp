/// Strings of fixed length, and those that HDF5 allocates.
#include "io/read_strings.hpp"

#include "io/hdf5_handle.hpp"

namespace distsne {

std::vector<std::string> read_strings(hid_t dataset, hid_t type, std::size_t first, std::size_t count,
                                      const std::string& failure) {
  std::vector<std::string> values;
  if (count == 0) {
    return values;
  }
  values.reserve(count);
  const hsize_t begin = first;
  const hsize_t extent = count;
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, failure);
  check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &begin, nullptr, &extent, nullptr), failure);
  const Hdf5Handle target(H5Screate_simple(1, &extent, nullptr), H5Sclose, failure);
  if (H5Tis_variable_str(type) > 0) {
    const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose, failure);
    check_hdf5(H5Tset_size(memory.id(), H5T_VARIABLE), failure);
    check_hdf5(H5Tset_cset(memory.id(), H5Tget_cset(type)), failure);
    std::vector<char*> pointers(count, nullptr);
    check_hdf5(H5Dread(dataset, memory.id(), target.id(), space.id(), H5P_DEFAULT, static_cast<void*>(pointers.data())),
               failure);
    for (const char* pointer : pointers) {
      values.emplace_back(pointer == nullptr ? "" : pointer);
    }
    H5Dvlen_reclaim(memory.id(), target.id(), H5P_DEFAULT, static_cast<void*>(pointers.data()));
    return values;
  }
  const std::size_t size = H5Tget_size(type);
  std::vector<char> text(count * size);
  check_hdf5(H5Dread(dataset, type, target.id(), space.id(), H5P_DEFAULT, text.data()), failure);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string padded(text.data() + i * size, size);
    const std::string value = padded.substr(0, padded.find('\0'));
    values.push_back(value.substr(0, value.find_last_not_of(' ') + 1));
  }
  return values;
}

}  // namespace distsne
