/// What a result says about itself.
#include "distsne/io/map_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "distsne/mpi/agreement.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/read_rows.hpp"

namespace distsne {
namespace {

/// A text attribute of the file; empty when there is none.
std::string text_attribute(hid_t file, const char* name, const std::string& failure) {
  if (H5Aexists(file, name) <= 0) {
    return {};
  }
  const Hdf5Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  if (H5Tis_variable_str(type.id()) <= 0 || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return {};
  }
  char* text = nullptr;
  check_hdf5(H5Aread(attribute.id(), type.id(), static_cast<void*>(&text)), failure);
  std::string value = text == nullptr ? "" : text;
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, static_cast<void*>(&text));
  return value;
}

/// The last entry of a 1-D dataset of numbers; NaN when there is none.
double last_entry(hid_t file, const std::string& path, const char* name, const std::string& failure) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (H5Lexists(file, "history", H5P_DEFAULT) <= 0 || H5Lexists(file, name, H5P_DEFAULT) <= 0) {
    return none;
  }
  const Hdf5Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (H5Sget_simple_extent_ndims(space.id()) != 1 || count < 1) {
    return none;
  }
  std::vector<double> value(1);
  read_rows(InputDescription{path, name, count, 1}, count - 1, std::span<double>(value));
  return value[0];
}

void read_facts(MapDescription& map) {
  const std::string& path = map.embedding.path;
  const std::string failure = fmt::format("reading '{}' failed; the file may be damaged", path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  map.method = text_attribute(file.id(), "method", failure);
  map.input = text_attribute(file.id(), "input", failure);
  map.config = text_attribute(file.id(), "config", failure);
  if (H5Aexists(file.id(), "finished") > 0) {
    const Hdf5Handle attribute(H5Aopen(file.id(), "finished", H5P_DEFAULT), H5Aclose, failure);
    std::int64_t finished = 1;
    check_hdf5(H5Aread(attribute.id(), H5T_NATIVE_INT64, &finished), failure);
    map.finished = finished != 0;
  }
  map.kl = last_entry(file.id(), path, "history/kl", failure);
  map.force_error = last_entry(file.id(), path, "history/force_error", failure);
}

}  // namespace

bool is_map_file(const std::string& path) {
  try {
    static_cast<void>(find_dataset({path, "/embedding"}));
    return true;
  } catch (const Error&) {
    static_cast<void>(row_datasets_beside(path, "/", 0));  // says what is wrong with the file itself
    return false;
  }
}

MapDescription describe_map(const Communicator& comm, const std::string& path) {
  MapDescription map;
  attempt_on_root(comm, [&] {
    try {
      map.embedding = find_dataset({path, "/embedding"});
    } catch (const Error& error) {
      throw Error(std::string(error.what()) + " (a map that distsne embed has written is wanted)", ExitCode::bad_input);
    }
    if (map.embedding.columns < 1 || map.embedding.columns > 3) {
      throw Error(fmt::format("'{}', dataset '/embedding' has {} columns: a map of 1, 2 or 3 dimensions is wanted",
                              path, map.embedding.columns),
                  ExitCode::bad_input);
    }
    if (map.embedding.rows < 2) {
      throw Error(
          fmt::format("'{}', dataset '/embedding' has {} rows: at least 2 are needed", path, map.embedding.rows),
          ExitCode::bad_input);
    }
    read_facts(map);
  });
  map.embedding.path = path;
  map.embedding.dataset = "/embedding";
  map.embedding.rows = comm.broadcast_value(map.embedding.rows);
  map.embedding.columns = comm.broadcast_value(map.embedding.columns);
  map.method = comm.broadcast_string(map.method);
  map.input = comm.broadcast_string(map.input);
  map.config = comm.broadcast_string(map.config);
  map.finished = comm.broadcast_value(map.finished);
  map.kl = comm.broadcast_value(map.kl);
  map.force_error = comm.broadcast_value(map.force_error);
  return map;
}

MapAxes read_map_axes(const Communicator& comm, const MapDescription& map) {
  MapAxes axes;
  GlobalIndex count = 0;
  const std::string& path = map.embedding.path;
  attempt_on_root(comm, [&] {
    const std::string failure = fmt::format("reading '{}' failed; the file may be damaged", path);
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
    if (H5Lexists(file.id(), "pca", H5P_DEFAULT) <= 0 || H5Lexists(file.id(), "pca/axes", H5P_DEFAULT) <= 0) {
      return;
    }
    const InputDescription found = find_dataset({path, "/pca/axes"});
    count = found.rows;
    axes.columns = found.columns;
    axes.axes.resize(checked_product(count, axes.columns));
    axes.mean.resize(static_cast<std::size_t>(axes.columns));
    read_rows(found, 0, std::span<double>(axes.axes));
    read_rows({path, "/pca/mean", axes.columns, 1}, 0, std::span<double>(axes.mean));
  });
  count = comm.broadcast_value(count);
  axes.columns = comm.broadcast_value(axes.columns);
  axes.axes.resize(checked_product(count, axes.columns));
  axes.mean.resize(static_cast<std::size_t>(count == 0 ? 0 : axes.columns));
  comm.broadcast(std::span<double>(axes.axes));
  comm.broadcast(std::span<double>(axes.mean));
  return axes;
}

DistributedMatrix<float> read_some_rows(const Communicator& comm, const InputDescription& input, GlobalIndex first_row,
                                        LocalIndex count) {
  const RowPartition partition(comm.all_gather(std::int64_t{count}));
  DistributedMatrix<float> rows;
  attempt_everywhere(comm, [&] {
    rows = DistributedMatrix<float>(partition, comm.rank(), narrow<LocalIndex>(input.columns));
    read_rows(input, first_row, std::span(rows.values));
  });
  const auto bad = std::find_if(rows.values.begin(), rows.values.end(), [](float v) { return !std::isfinite(v); });
  const GlobalIndex place = bad - rows.values.begin();
  require_everywhere(comm, bad == rows.values.end(),
                     fmt::format("'{}', dataset '{}': the value in row {}, column {} (counted from 0) is not finite: "
                                 "remove or replace such values",
                                 input.path, input.dataset, first_row + place / input.columns, place % input.columns));
  return rows;
}

}  // namespace distsne
