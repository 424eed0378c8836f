/// Columns that are added to a file that is there.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "io/hdf5_filters.hpp"
#include "io/map_file.hpp"
#include "io/output_file.hpp"
#include "io/rows_file.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// HDF5 1.10 crashes at its end where it could not write: the room that it will need is asked for first.
void require_room(const std::string& path, std::uint64_t more) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const off_t size = descriptor < 0 ? -1 : ::lseek(descriptor, 0, SEEK_END);
  const int status = size < 0 ? errno : ::posix_fallocate(descriptor, size, static_cast<off_t>(more));
  const bool fine = status == 0 && ::ftruncate(descriptor, size) == 0;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  if (!fine) {
    throw Error(fmt::format("writing '{}' failed: {}", path, std::strerror(status)), ExitCode::io_failure);
  }
}

/// Rank 0: the file with room for the columns, under its temporary name. Returns where they begin.
std::vector<std::uint64_t> extend_copy(const std::string& path, std::span<const RowDataset> columns) {
  const std::string partial = temporary_name(path);
  const std::string failure = fmt::format("writing '{}' failed", partial);
  std::error_code code;
  std::filesystem::copy_file(path, partial, std::filesystem::copy_options::overwrite_existing, code);
  if (code) {
    throw Error(fmt::format("{}: {}", failure, code.message()), ExitCode::io_failure);
  }
  std::uint64_t bytes = std::uint64_t{1} << 20U;
  for (const RowDataset& column : columns) {
    bytes += static_cast<std::uint64_t>(column.rows) * H5Tget_size(column.type);
  }
  require_room(partial, bytes);
  std::vector<std::uint64_t> offsets;
  const Hdf5Handle file(H5Fopen(partial.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, failure);
  for (const RowDataset& column : columns) {
    for (std::size_t end = column.name.find('/'); end != std::string::npos; end = column.name.find('/', end + 1)) {
      const std::string group = column.name.substr(0, end);
      if (H5Lexists(file.id(), group.c_str(), H5P_DEFAULT) <= 0) {
        const Hdf5Handle made(H5Gcreate2(file.id(), group.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
                              failure);
      }
    }
    if (H5Lexists(file.id(), column.name.c_str(), H5P_DEFAULT) > 0) {
      check_hdf5(H5Ldelete(file.id(), column.name.c_str(), H5P_DEFAULT), failure);
    }
    offsets.push_back(make_room(file.id(), column, failure));
  }
  check_hdf5(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), failure);
  return offsets;
}

}  // namespace

void add_map_columns(const Communicator& comm, const std::string& path, const RowPartition& partition,
                     std::span<const MapColumn> columns) {
  set_up_hdf5();
  std::vector<RowDataset> datasets;
  for (const MapColumn& column : columns) {
    datasets.push_back({column.name, H5T_NATIVE_FLOAT, partition.rows(), 0, partition.begin(comm.rank()),
                        std::as_bytes(std::span<const float>(column.own))});
  }
  write_partial_file(comm, path, datasets, [&] { return extend_copy(path, datasets); });
}

}  // namespace distsne
