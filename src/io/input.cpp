/// Reading each rank's rows, and the checks on what they hold.
#include "distsne/io/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "distsne/mpi/agreement.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne {
namespace {

template <class Real>
hid_t native_type() {
  return sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
}

std::string place(const InputDescription& input) {
  return fmt::format("'{}', dataset '{}'", input.path, input.dataset);
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

template <class Real>
void read_rows(const InputDescription& input, DistributedMatrix<Real>& matrix) {
  if (matrix.local_rows() == 0) {
    return;
  }
  silence_hdf5();
  const std::string failure = fmt::format("{}: reading failed; the file may be damaged", place(input));
  const Hdf5Handle file(
      H5Fopen(input.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
      fmt::format("'{}' cannot be opened on rank {}: all nodes must see it", input.path, matrix.rank));
  const Hdf5Handle dataset(H5Dopen2(file.id(), input.dataset.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  const LocalIndex strip = strip_rows(dataset.id(), input.columns, sizeof(Real));
  GlobalIndex begin = matrix.first_row();
  const GlobalIndex end = begin + matrix.local_rows();
  Real* out = matrix.values.data();
  while (begin < end) {
    // Strips end where chunks do, so that no chunk is decompressed twice.
    const GlobalIndex stop = std::min(end, (begin / strip + 1) * strip);
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(begin), 0};
    const std::array<hsize_t, 2> count{static_cast<hsize_t>(stop - begin), static_cast<hsize_t>(input.columns)};
    const Hdf5Handle memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose, failure);
    check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), failure);
    check_hdf5(H5Dread(dataset.id(), native_type<Real>(), memory.id(), space.id(), H5P_DEFAULT, out), failure);
    out += count[0] * count[1];
    begin = stop;
  }
}

/// What is wrong with a value that is not finite in Real.
template <class Real>
const char* defect(Real value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  return sizeof(Real) == sizeof(float) ? "infinite, or too large for --precision float" : "infinite";
}

template <class Real>
void require_finite(const Communicator& comm, const InputDescription& input, const DistributedMatrix<Real>& matrix) {
  const auto bad = std::find_if(matrix.values.begin(), matrix.values.end(), [](Real v) { return !std::isfinite(v); });
  const bool fine = bad == matrix.values.end();
  std::string message;
  if (!fine) {
    const auto offset = static_cast<GlobalIndex>(bad - matrix.values.begin());
    const GlobalIndex row = matrix.first_row() + offset / input.columns;
    message = fmt::format("{}: the value in row {}, column {} (counted from 0) is {}: remove or replace such values",
                          place(input), row, offset % input.columns, defect(*bad));
  }
  require_everywhere(comm, fine, message);
}

}  // namespace

InputDescription describe_input(const Communicator& comm, const InputOptions& options) {
  InputDescription input;
  attempt_on_root(comm, [&] { input = find_dataset(options); });
  input.path = options.path;
  input.dataset = comm.broadcast_string(input.dataset);
  input.rows = comm.broadcast_value(input.rows);
  input.columns = comm.broadcast_value(input.columns);
  return input;
}

void require_embeddable(const Communicator& comm, const InputDescription& input) {
  const std::string shape = fmt::format("{} is {} x {}", place(input), input.rows, input.columns);
  require_everywhere(comm, input.rows != 0, shape + ": it has no rows to embed");
  require_everywhere(comm, input.rows != 1, shape + ": one row has no neighbors; at least 2 rows are needed");
  require_everywhere(comm, input.columns != 0, shape + ": it has no columns to compare rows by");
  require_everywhere(comm, input.columns <= std::numeric_limits<LocalIndex>::max(),
                     shape + ": more than 2^31 - 1 columns cannot be handled");
}

template <class Real>
DistributedMatrix<Real> read_matrix(const Communicator& comm, const InputDescription& input) {
  DistributedMatrix<Real> matrix;
  attempt_everywhere(comm, [&] {
    matrix =
        DistributedMatrix<Real>(RowPartition(input.rows, comm.size()), comm.rank(), narrow<LocalIndex>(input.columns));
    read_rows(input, matrix);
  });
  require_finite(comm, input, matrix);
  return matrix;
}

template DistributedMatrix<float> read_matrix(const Communicator&, const InputDescription&);
template DistributedMatrix<double> read_matrix(const Communicator&, const InputDescription&);

}  // namespace distsne
