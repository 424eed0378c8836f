/// Pieces of a result.
#include "io/map_table.hpp"

#include <fmt/format.h>

#include "io/choose_labels.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_filters.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_tree.hpp"
#include "io/label_colors.hpp"
#include "io/read_rows.hpp"
#include "io/read_strings.hpp"

namespace distsne {
namespace {

std::string reading_failed(const std::string& path) {
  return fmt::format("reading '{}' failed; the file may be damaged", path);
}

}  // namespace

MapTable::MapTable(const std::string& path) {
  set_up_hdf5();
  try {
    embedding_ = find_dataset({path, "/embedding"});
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + " (plot draws the results of distsne embed)", ExitCode::bad_input);
  }
  if (embedding_.columns < 1 || embedding_.columns > 3) {
    throw Error(fmt::format("'{}', dataset '/embedding' has {} columns: maps of 1, 2 or 3 dimensions can be drawn",
                            path, embedding_.columns),
                ExitCode::bad_input);
  }
  const std::string failure = reading_failed(path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  const Hdf5Tree tree(path);
  method_ = tree.text_attribute("", "method");
  for (const std::string& name : columns_beside_map(path, embedding_.rows)) {
    const Hdf5Handle dataset(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, failure);
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
    const H5T_class_t kind = H5Tget_class(type.id());
    if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM) {
      columns_.push_back({name, kind == H5T_STRING, label_colors(dataset.id(), failure)});
    }
  }
}

std::string MapTable::choose(const std::string& labels) const {
  const std::string& path = embedding_.path;
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, reading_failed(path));
  return choose_labels(file.id(), path, labels, embedding_.rows);
}

void MapTable::read_points(GlobalIndex first, std::span<float> out) const { read_rows(embedding_, first, out); }

void MapTable::read_numbers(const std::string& column, GlobalIndex first, std::span<double> out) const {
  read_rows({embedding_.path, "/" + column, embedding_.rows, 1}, first, out);
}

std::vector<std::string> MapTable::read_words(const std::string& column, GlobalIndex first, std::size_t count) const {
  const std::string failure = reading_failed(embedding_.path);
  const Hdf5Handle file(H5Fopen(embedding_.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  const Hdf5Handle dataset(H5Dopen2(file.id(), column.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
  return read_strings(dataset.id(), type.id(), static_cast<std::size_t>(first), count, failure);
}

}  // namespace distsne
