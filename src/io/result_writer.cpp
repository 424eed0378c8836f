/// Writing the result file: the rows of the map by the ranks that hold them, the rest by rank 0.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "distsne/base/version.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/output_file.hpp"

namespace distsne {
namespace {

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

/// Copies what the input says about its rows.
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

/// The map's place in the file.
struct MapPlace {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Makes room for the map without writing to it.
MapPlace add_map(hid_t file, hid_t type, GlobalIndex rows, LocalIndex columns, const std::string& failure) {
  const std::array<hsize_t, 2> extent{static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)};
  const Hdf5Handle space(H5Screate_simple(2, extent.data(), nullptr), H5Sclose, failure);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, failure);
  check_hdf5(H5Pset_alloc_time(creation.id(), H5D_ALLOC_TIME_EARLY), failure);
  check_hdf5(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), failure);
  const Hdf5Handle dataset(H5Dcreate2(file, "embedding", type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                           H5Dclose, failure);
  const haddr_t offset = H5Dget_offset(dataset.id());
  if (offset == HADDR_UNDEF) {
    throw Error(failure, ExitCode::io_failure);
  }
  return {offset, offset + H5Dget_storage_size(dataset.id())};
}

/// Rank 0: everything but the rows of the map. HDF5 builds it in memory, because a file that HDF5 1.10 fails to write,
/// as on a full file system, crashes the process at its end.
template <class Real>
MapPlace write_frame(const std::string& path, const Embedding<Real>& map, const InputDescription& input,
                     const RunRecord& record) {
  const std::string failure = fmt::format("the result could not be built before writing it to '{}'", path);
  constexpr std::size_t growth = std::size_t{1} << 20U;
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, failure);
  check_hdf5(H5Pset_fapl_core(access.id(), growth, 0), failure);
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, failure);
  carry_over(file.id(), input, failure);
  annotate(Annotator(file.id(), failure), record);
  const hid_t type = sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  const MapPlace place = add_map(file.id(), type, map.rows(), map.columns, failure);
  check_hdf5(H5Fflush(file.id(), H5F_SCOPE_LOCAL), failure);

  void* handle = nullptr;
  check_hdf5(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &handle), failure);
  const auto size = static_cast<std::uint64_t>(std::max<ssize_t>(0, H5Fget_file_image(file.id(), nullptr, 0)));
  const std::span<const std::byte> image(*static_cast<const std::byte* const*>(handle), size);
  OutputFile out(path, OutputFile::Mode::create);
  out.set_size(size);
  out.write(image.first(place.begin), 0);
  out.write(image.subspan(place.end), place.end);
  out.close();
  return place;
}

}  // namespace

template <class Real>
void write_result(const Communicator& comm, const std::string& path, const Embedding<Real>& map,
                  const InputDescription& input, const RunRecord& record) {
  silence_hdf5();
  const std::string partial = temporary_name(path);
  try {
    MapPlace place;
    attempt_on_root(comm, [&] { place = write_frame(partial, map, input, record); });
    place = comm.broadcast_value(place);
    attempt_everywhere(comm, [&] {
      OutputFile out(partial, OutputFile::Mode::join);
      const auto row_bytes = static_cast<std::uint64_t>(map.columns) * sizeof(Real);
      out.write(std::as_bytes(std::span<const Real>(map.values)),
                place.begin + static_cast<std::uint64_t>(map.first_row()) * row_bytes);
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

template void write_result(const Communicator&, const std::string&, const Embedding<float>&, const InputDescription&,
                           const RunRecord&);
template void write_result(const Communicator&, const std::string&, const Embedding<double>&, const InputDescription&,
                           const RunRecord&);

}  // namespace distsne
