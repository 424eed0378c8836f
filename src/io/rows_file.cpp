/// A frame in memory, written by rank 0, and the rows, written by everyone to their places in it.
#include "io/rows_file.hpp"
#include "io/hdf5_filters.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "io/output_file.hpp"
#include "io/sparse_file.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// Rank 0: everything but the rows. Returns where the datasets begin.
std::vector<std::uint64_t> write_frame(const std::string& path, std::span<const RowDataset> datasets,
                                       const std::function<void(hid_t, const Annotator&)>& frame) {
  const std::string failure = fmt::format("what '{}' should hold could not be built in memory", path);
  const SparseFile memory;
  std::vector<std::uint64_t> offsets;
  {
    const Hdf5Handle access(memory.access_list(), H5Pclose, failure);
    const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, failure);
    frame(file.id(), Annotator(file.id(), failure));
    for (const RowDataset& dataset : datasets) {
      offsets.push_back(make_room(file.id(), dataset, failure));
    }
    check_hdf5(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), failure);
  }
  OutputFile out(path, OutputFile::Mode::create);
  out.set_size(memory.size());
  memory.for_pieces([&](std::span<const std::byte> bytes, std::uint64_t offset) { out.write(bytes, offset); });
  out.close();
  return offsets;
}

}  // namespace

std::uint64_t make_room(hid_t file, const RowDataset& dataset, const std::string& failure) {
  const std::array<hsize_t, 2> extent{static_cast<hsize_t>(dataset.rows), static_cast<hsize_t>(dataset.columns)};
  const Hdf5Handle space(H5Screate_simple(dataset.columns == 0 ? 1 : 2, extent.data(), nullptr), H5Sclose, failure);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, failure);
  check_hdf5(H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY), failure);
  check_hdf5(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), failure);
  const Hdf5Handle made(
      H5Dcreate2(file, dataset.name.c_str(), dataset.type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
      H5Dclose, failure);
  if (dataset.describe) {
    dataset.describe(Annotator(made.id(), failure));
  }
  const haddr_t offset = H5Dget_offset(made.id());
  if (offset == HADDR_UNDEF && dataset.rows > 0) {
    throw Error(failure, ExitCode::io_failure);
  }
  return offset;
}

void write_partial_file(const Communicator& comm, const std::string& path, std::span<const RowDataset> datasets,
                        const std::function<std::vector<std::uint64_t>()>& begin) {
  set_up_hdf5();
  const std::string partial = temporary_name(path);
  try {
    std::vector<std::uint64_t> offsets(datasets.size());
    attempt_on_root(comm, [&] { offsets = begin(); });
    comm.broadcast(std::span<std::uint64_t>(offsets));
    attempt_everywhere(comm, [&] {
      OutputFile out(partial, OutputFile::Mode::join);
      for (std::size_t d = 0; d < datasets.size(); ++d) {
        const std::uint64_t row_bytes =
            H5Tget_size(datasets[d].type) * static_cast<std::uint64_t>(std::max<GlobalIndex>(1, datasets[d].columns));
        out.write(datasets[d].own, offsets[d] + static_cast<std::uint64_t>(datasets[d].first_row) * row_bytes);
      }
      out.close();
    });
    attempt_on_root(comm, [&] { move_into_place(path); });
  } catch (...) {
    if (comm.is_root()) {
      ::unlink(partial.c_str());
    }
    throw;
  }
}

void write_rows_file(const Communicator& comm, const std::string& path, std::span<const RowDataset> datasets,
                     const std::function<void(hid_t, const Annotator&)>& frame) {
  write_partial_file(comm, path, datasets, [&] { return write_frame(temporary_name(path), datasets, frame); });
}

}  // namespace distsne
