/// Writing the result file: the map by all ranks together, the rest by rank 0.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "distsne/base/version.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/native.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex strip_rows = 1 << 20;  // written at a time, far below the 2 GiB that one MPI-IO call may take

std::string temporary_name(const std::string& path) { return path + ".partial"; }

/// The map, by all ranks. Each rank notes its failure and goes on to the calls that the others make.
template <class Real>
void write_map(const Communicator& comm, const std::string& path, const Embedding<Real>& map) {
  const std::string failure = fmt::format("writing '{}' failed: is the file system full?", path);
  const hid_t type = sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  const Hdf5Handle access_list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, failure);
  check_hdf5(H5Pset_fapl_mpio(access_list.id(), comm.native().handle, MPI_INFO_NULL), failure);
  Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access_list.id()), H5Fclose, failure);
  const std::array<hsize_t, 2> extent{static_cast<hsize_t>(map.rows()), static_cast<hsize_t>(map.columns)};
  const Hdf5Handle space(H5Screate_simple(2, extent.data(), nullptr), H5Sclose, failure);
  Hdf5Handle dataset(H5Dcreate2(file.id(), "embedding", type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose, failure);
  const Hdf5Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose, failure);
  check_hdf5(H5Pset_dxpl_mpio(transfer.id(), H5FD_MPIO_COLLECTIVE), failure);

  GlobalIndex most_rows = 0;
  for (const GlobalIndex size : map.partition.sizes()) {
    most_rows = std::max(most_rows, size);
  }
  for (GlobalIndex offset = 0; offset < most_rows; offset += strip_rows) {
    const GlobalIndex begin = std::min<GlobalIndex>(offset, map.local_rows());
    const GlobalIndex count = std::min<GlobalIndex>(strip_rows, map.local_rows() - begin);
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(map.first_row() + begin), 0};
    const std::array<hsize_t, 2> block{static_cast<hsize_t>(count), extent[1]};
    const Hdf5Handle memory(H5Screate_simple(2, block.data(), nullptr), H5Sclose, failure);
    if (count > 0) {
      check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr),
                 failure);
    } else {
      check_hdf5(H5Sselect_none(space.id()), failure);
      check_hdf5(H5Sselect_none(memory.id()), failure);
    }
    const Real* const values = map.values.data() + begin * map.columns;
    check_hdf5(H5Dwrite(dataset.id(), type, memory.id(), space.id(), transfer.id(), values), failure);
  }
  dataset.close(failure);
  file.close(failure);
}

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
  void dataset(const char* name, const std::vector<std::int64_t>& values) const {
    write_dataset(name, H5T_NATIVE_INT64, values.size(), values.data());
  }
  void dataset(const char* name, const std::vector<std::string>& values) const {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, failure_);
    check_hdf5(H5Tset_size(type.id(), H5T_VARIABLE), failure_);
    check_hdf5(H5Tset_cset(type.id(), H5T_CSET_UTF8), failure_);
    std::vector<const char*> pointers;
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

void annotate(const Annotator& out, const RunRecord& record) {
  out.attribute("format", std::string("distsne result"));
  out.attribute("format_version", std::int64_t{result_format_version});
  out.attribute("version", std::string(version()));
  out.attribute("commit", std::string(commit()));
  out.attribute("method", record.method);
  out.attribute("input", record.input);
  out.attribute("config", record.config);
  out.attribute("seed", record.seed);
  out.attribute("ranks", std::int64_t{record.ranks});
  out.attribute("threads", std::int64_t{record.threads});
  out.attribute("instruction_set", record.instruction_set);
  out.attribute("peak_memory_min", record.peak_memory.min);
  out.attribute("peak_memory_mean", record.peak_memory.mean);
  out.attribute("peak_memory_max", record.peak_memory.max);

  std::vector<std::int64_t> iteration;
  std::vector<double> kl;
  std::vector<double> gradient_norm;
  std::vector<double> force_error;
  std::vector<double> exaggeration;
  for (const HistoryEntry& entry : record.history) {
    iteration.push_back(entry.iteration);
    kl.push_back(entry.kl);
    gradient_norm.push_back(entry.gradient_norm);
    force_error.push_back(entry.force_error);
    exaggeration.push_back(entry.exaggeration);
  }
  out.group("history");
  out.dataset("history/iteration", iteration);
  out.dataset("history/kl", kl);
  out.dataset("history/gradient_norm", gradient_norm);
  out.dataset("history/force_error", force_error);
  out.dataset("history/exaggeration", exaggeration);

  std::vector<std::string> phase;
  std::vector<double> least;
  std::vector<double> mean;
  std::vector<double> most;
  for (const RankSummary& timing : record.timings) {
    phase.push_back(timing.name);
    least.push_back(timing.min);
    mean.push_back(timing.mean);
    most.push_back(timing.max);
  }
  out.group("timings");
  out.dataset("timings/phase", phase);
  out.dataset("timings/min", least);
  out.dataset("timings/mean", mean);
  out.dataset("timings/max", most);
}

/// Copies what the input says about its rows. Names that the result uses itself are left out.
void carry_over(hid_t file, const InputDescription& input, const std::string& failure) {
  const Hdf5Handle source(H5Fopen(input.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                          fmt::format("'{}' cannot be opened again to copy its labels", input.path));
  const std::string group = input.dataset.substr(0, input.dataset.rfind('/') + 1);
  for (const std::string& name : row_datasets_beside(input.path, input.dataset, input.rows)) {
    if (name != "embedding" && name != "history" && name != "timings") {
      check_hdf5(H5Ocopy(source.id(), (group + name).c_str(), file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT), failure);
    }
  }
}

void flush_to_disk(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool fine = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  if (!fine) {
    throw Error(fmt::format("writing '{}' failed: {}", path, std::strerror(reason)), ExitCode::io_failure);
  }
}

}  // namespace

void require_writable(const Communicator& comm, const std::string& path, const std::string& input) {
  attempt_on_root(comm, [&] {
    namespace fs = std::filesystem;
    const auto refuse = [&path](const std::string& reason) {
      throw Error(fmt::format("cannot write '{}': {}", path, reason), ExitCode::bad_input);
    };
    std::error_code ignored;
    const fs::path parent = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
    if (!fs::exists(parent, ignored)) {
      refuse(fmt::format("the directory '{}' does not exist; create it first", parent.string()));
    }
    if (!fs::is_directory(parent, ignored)) {
      refuse(fmt::format("'{}' is not a directory", parent.string()));
    }
    if (fs::is_directory(path, ignored)) {
      refuse("it is a directory; name a file in it");
    }
    if (fs::equivalent(path, input, ignored)) {
      refuse("it is the input; choose another name with -o");
    }
    const std::string probe = temporary_name(path);
    const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
      refuse(fmt::format("{}; choose a directory that you may write to", std::strerror(errno)));
    }
    ::close(descriptor);
    ::unlink(probe.c_str());
  });
}

template <class Real>
void write_result(const Communicator& comm, const std::string& path, const Embedding<Real>& map,
                  const InputDescription& input, const RunRecord& record) {
  silence_hdf5();
  const std::string partial = temporary_name(path);
  try {
    write_map(comm, partial, map);
    attempt_on_root(comm, [&] {
      const std::string failure = fmt::format("writing '{}' failed: is the file system full?", partial);
      Hdf5Handle file(H5Fopen(partial.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, failure);
      carry_over(file.id(), input, failure);
      annotate(Annotator(file.id(), failure), record);
      file.close(failure);
      flush_to_disk(partial);
      std::filesystem::rename(partial, path);
    });
  } catch (...) {
    if (comm.is_root()) {
      ::unlink(partial.c_str());
    }
    throw;
  }
}

template void write_result(const Communicator&, const std::string&, const Embedding<float>&, const InputDescription&,
                           const RunRecord&);
template void write_result(const Communicator&, const std::string&, const Embedding<double>&, const InputDescription&,
                           const RunRecord&);

}  // namespace distsne
