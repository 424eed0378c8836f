/// Reading strips of rows that end where the file's chunks do.
#include "io/read_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "distsne/mpi/processors.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne {
namespace {

template <class Value>
hid_t native_type();
template <>
hid_t native_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
hid_t native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
hid_t native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}

template <>
hid_t native_type<CompactIndex>() {
  return H5T_NATIVE_UINT32;
}

/// Rows that are read at a time: about 64 MiB, whole chunks of the file.
LocalIndex strip_rows(hid_t dataset, GlobalIndex columns, std::size_t value_bytes) {
  const auto row_bytes = static_cast<std::size_t>(std::max<GlobalIndex>(1, columns)) * value_bytes;
  const auto wanted = std::max<std::size_t>(1, (std::size_t{1} << 26U) / row_bytes);
  hsize_t chunk_rows = 1;
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose, "the storage of a dataset cannot be read");
  if (H5Pget_layout(creation.id()) == H5D_CHUNKED) {
    std::array<hsize_t, 2> chunk{1, 1};
    H5Pget_chunk(creation.id(), 2, chunk.data());
    chunk_rows = chunk[0];
  }
  const std::size_t whole = std::max<std::size_t>(1, wanted / chunk_rows) * chunk_rows;
  return static_cast<LocalIndex>(std::min<std::size_t>(whole, std::size_t{1} << 30U));
}

}  // namespace

template <class Value>
void read_rows(const InputDescription& input, GlobalIndex first_row, std::span<Value> out,
               const std::function<bool()>& leave) {
  if (out.empty()) {
    return;
  }
  silence_hdf5();
  const std::string failure = fmt::format("{}: reading failed; the file may be damaged",
                                          fmt::format("'{}', dataset '{}'", input.path, input.dataset));
  const Hdf5Handle file(
      H5Fopen(input.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
      fmt::format("'{}' cannot be opened on host {}: all nodes must see it", input.path, host_name()));
  const Hdf5Handle dataset(H5Dopen2(file.id(), input.dataset.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  std::array<hsize_t, 2> extent{0, 1};
  const int dims = H5Sget_simple_extent_ndims(space.id());
  if ((dims != 1 && dims != 2) || H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr) < 0 ||
      extent[0] != static_cast<hsize_t>(input.rows) || extent[1] != static_cast<hsize_t>(input.columns)) {
    throw Error(failure, ExitCode::io_failure);  // it is not what it was said to be
  }
  const LocalIndex strip = strip_rows(dataset.id(), input.columns, sizeof(Value));
  GlobalIndex begin = first_row;
  const GlobalIndex end = begin + static_cast<GlobalIndex>(out.size()) / input.columns;
  Value* next = out.data();
  while (begin < end && !leave()) {
    // Strips end where chunks do, so that no chunk is decompressed twice.
    const GlobalIndex stop = std::min(end, (begin / strip + 1) * strip);
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(begin), 0};
    const std::array<hsize_t, 2> count{static_cast<hsize_t>(stop - begin), static_cast<hsize_t>(input.columns)};
    const Hdf5Handle memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose, failure);
    check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), failure);
    check_hdf5(H5Dread(dataset.id(), native_type<Value>(), memory.id(), space.id(), H5P_DEFAULT, next), failure);
    next += count[0] * count[1];
    begin = stop;
  }
}

template void read_rows(const InputDescription&, GlobalIndex, std::span<float>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<double>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<std::int64_t>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<CompactIndex>, const std::function<bool()>&);

}  // namespace distsne
