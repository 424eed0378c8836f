/// What a result says about itself.
#include "io/map_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_tree.hpp"
#include "io/read_rows.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

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
  const Hdf5Tree tree(path);
  map.method = tree.text_attribute("", "method");
  map.input = tree.text_attribute("", "input");
  map.config = tree.text_attribute("", "config");
  if (H5Aexists(file.id(), "finished") > 0) {
    const Hdf5Handle attribute(H5Aopen(file.id(), "finished", H5P_DEFAULT), H5Aclose, failure);
    std::int64_t finished = 1;
    check_hdf5(H5Aread(attribute.id(), H5T_NATIVE_INT64, &finished), failure);
    map.finished = finished != 0;
  }
  if (const std::vector<std::int64_t> neighbors = tree.integers_attribute("", "neighbors"); neighbors.size() == 1) {
    map.neighbors = std::max<GlobalIndex>(0, neighbors.front());
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

bool is_result(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || !is_hdf5({path, {}, false})) {
    return false;
  }
  const Hdf5Tree tree(path);
  return tree.is_dataset("/embedding") && !tree.text_attribute("", "method").empty();
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
  map.neighbors = comm.broadcast_value(map.neighbors);
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

}  // namespace distsne
