/// Reading strips of rows that end where the file's chunks do.
#include "io/read_rows.hpp"
#include "io/hdf5_filters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "distsne/base/aligned.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "mpi/processors.hpp"

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

/// Rows that are read at a time: about 64 MiB, whole chunks of the file. `along`: the dimension of the dataset that
/// rows go along.
LocalIndex strip_rows(hid_t dataset, GlobalIndex columns, std::size_t value_bytes, std::size_t along) {
  const auto row_bytes = static_cast<std::size_t>(std::max<GlobalIndex>(1, columns)) * value_bytes;
  const auto wanted = std::max<std::size_t>(1, (std::size_t{1} << 26U) / row_bytes);
  hsize_t chunk_rows = 1;
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose, "the storage of a dataset cannot be read");
  if (H5Pget_layout(creation.id()) == H5D_CHUNKED) {
    std::array<hsize_t, 2> chunk{1, 1};
    H5Pget_chunk(creation.id(), 2, chunk.data());
    chunk_rows = chunk[along];
  }
  const std::size_t whole = std::max<std::size_t>(1, wanted / chunk_rows) * chunk_rows;
  return static_cast<LocalIndex>(std::min<std::size_t>(whole, std::size_t{1} << 30U));
}

/// A dataset open for reading strips of its rows, which go along the first dimension or the second.
struct Strips {
  Strips(const InputDescription& input_in, std::size_t along_in)
      : input(input_in),
        along(along_in),
        failure(fmt::format("'{}', dataset '{}': reading failed; the file may be damaged", input.path, input.dataset)),
        file(H5Fopen(input.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
             fmt::format("'{}' cannot be opened on host {}: all nodes must see it", input.path, host_name())),
        dataset(H5Dopen2(file.id(), input.dataset.c_str(), H5P_DEFAULT), H5Dclose, failure),
        space(H5Dget_space(dataset.id()), H5Sclose, failure) {
    std::array<hsize_t, 2> extent{0, 1};
    const int dims = H5Sget_simple_extent_ndims(space.id());
    if ((dims != 1 && dims != 2) || H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr) < 0 ||
        extent[along] != static_cast<hsize_t>(input.rows) || extent[1 - along] != static_cast<hsize_t>(input.columns)) {
      throw Error(failure, ExitCode::io_failure);  // it is not what it was said to be
    }
  }

  /// Rows [begin, end) to `out`.
  template <class Value>
  void read(GlobalIndex begin, GlobalIndex end, Value* out) const {
    std::array<hsize_t, 2> start{0, 0};
    std::array<hsize_t, 2> count{static_cast<hsize_t>(input.columns), static_cast<hsize_t>(input.columns)};
    start[along] = static_cast<hsize_t>(begin);
    count[along] = static_cast<hsize_t>(end - begin);
    const Hdf5Handle memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose, failure);
    check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), failure);
    check_hdf5(H5Dread(dataset.id(), native_type<Value>(), memory.id(), space.id(), H5P_DEFAULT, out), failure);
  }

  const InputDescription& input;
  std::size_t along;
  std::string failure;
  Hdf5Handle file;
  Hdf5Handle dataset;
  Hdf5Handle space;
};

/// Calls read(begin, end, place of the first value in `out`) for strips that end where chunks do, so that no chunk is
/// decompressed twice.
template <class Value, class Read>
void for_strips(const InputDescription& input, LocalIndex strip, GlobalIndex first_row, std::span<Value> out,
                const std::function<bool()>& leave, const Read& read) {
  const GlobalIndex end = first_row + static_cast<GlobalIndex>(out.size()) / input.columns;
  Value* next = out.data();
  for (GlobalIndex begin = first_row; begin < end && !leave();) {
    const GlobalIndex stop = std::min(end, (begin / strip + 1) * strip);
    read(begin, stop, next);
    next += (stop - begin) * input.columns;
    begin = stop;
  }
}

}  // namespace

template <class Value>
void read_rows(const InputDescription& input, GlobalIndex first_row, std::span<Value> out,
               const std::function<bool()>& leave) {
  if (out.empty()) {
    return;
  }
  set_up_hdf5();
  const Strips strips(input, 0);
  const LocalIndex strip = strip_rows(strips.dataset.id(), input.columns, sizeof(Value), 0);
  for_strips(input, strip, first_row, out, leave,
             [&](GlobalIndex begin, GlobalIndex end, Value* to) { strips.read(begin, end, to); });
}

template <class Value>
void read_columns(const InputDescription& input, GlobalIndex first_row, std::span<Value> out,
                  const std::function<bool()>& leave) {
  if (out.empty()) {
    return;
  }
  set_up_hdf5();
  const Strips strips(input, 1);
  const LocalIndex strip = strip_rows(strips.dataset.id(), input.columns, sizeof(Value), 1);
  UnsetVector<Value> lines;
  for_strips(input, strip, first_row, out, leave, [&](GlobalIndex begin, GlobalIndex end, Value* to) {
    const auto rows = static_cast<std::size_t>(end - begin);
    const auto columns = static_cast<std::size_t>(input.columns);
    lines.resize(rows * columns);
    strips.read(begin, end, lines.data());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        to[row * columns + column] = lines[column * rows + row];
      }
    }
  });
}

template void read_rows(const InputDescription&, GlobalIndex, std::span<float>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<double>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<std::int64_t>, const std::function<bool()>&);
template void read_rows(const InputDescription&, GlobalIndex, std::span<CompactIndex>, const std::function<bool()>&);
template void read_columns(const InputDescription&, GlobalIndex, std::span<std::int64_t>, const std::function<bool()>&);
template void read_columns(const InputDescription&, GlobalIndex, std::span<float>, const std::function<bool()>&);
template void read_columns(const InputDescription&, GlobalIndex, std::span<double>, const std::function<bool()>&);

}  // namespace distsne
