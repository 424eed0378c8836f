/// HDF5 files whose large datasets are written by the ranks that hold their rows, and the rest by rank 0.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"
#include "io/annotator.hpp"

namespace distsne {

/// A dataset of one row for each row of the data set.
struct RowDataset {
  std::string name;              ///< path in the file; groups on the way must exist
  hid_t type = H5I_INVALID_HID;  ///< of a value, in this machine's representation
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;    ///< 0: one-dimensional
  GlobalIndex first_row = 0;  ///< of those that this rank writes
  std::span<const std::byte> own;
  std::function<void(const Annotator& out)> describe = {};  ///< adds its attributes, on rank 0
};

/// Collective. Writes a file as `path`.partial, flushes it and renames it, so that `path` is either whole or what it
/// was. `frame` adds everything else on rank 0; it is called before there are datasets. HDF5 builds the frame in
/// memory, because a file that HDF5 1.10 fails to write, as on a full file system, crashes the process at its end.
/// Throws Error everywhere (I/O) when writing fails.
void write_rows_file(const Communicator& comm, const std::string& path, std::span<const RowDataset> datasets,
                     const std::function<void(hid_t file, const Annotator& out)>& frame);

/// One process. Makes room for a dataset without writing to it, and returns where it begins in the file.
[[nodiscard]] std::uint64_t make_room(hid_t file, const RowDataset& dataset, const std::string& failure);

/// Collective. Writes the rows into a file that `begin` makes on rank 0 under the temporary name of `path`, with room
/// for the datasets where it says, flushes it and gives it its name. Throws Error everywhere (I/O).
void write_partial_file(const Communicator& comm, const std::string& path, std::span<const RowDataset> datasets,
                        const std::function<std::vector<std::uint64_t>()>& begin);

}  // namespace distsne
