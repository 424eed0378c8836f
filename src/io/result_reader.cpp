/// Reading a result back for its picture.
#include <fmt/format.h>

#include <algorithm>

#include "distsne/io/result.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/read_strings.hpp"

namespace distsne {
namespace {

Hdf5Handle open_dataset(hid_t file, const std::string& name, const std::string& failure) {
  return Hdf5Handle(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, failure, ExitCode::bad_input);
}

bool is_label(hid_t file, const std::string& name) {
  const Hdf5Handle dataset = open_dataset(file, name, fmt::format("dataset '{}' cannot be opened", name));
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, fmt::format("the type of '{}' cannot be read", name));
  const H5T_class_t kind = H5Tget_class(type.id());
  return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM;
}

/// The dataset to color by; empty when there is none.
std::string choose_labels(hid_t file, const std::string& path, const std::string& wanted, GlobalIndex rows) {
  std::vector<std::string> names = row_datasets_beside(path, "/embedding", rows);
  std::erase_if(names, [file](const std::string& name) { return !is_label(file, name); });
  if (!wanted.empty()) {
    std::string name = wanted.front() == '/' ? wanted.substr(1) : wanted;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(fmt::format("'{}' has no labels '{}', a 1-D dataset of {} numbers or strings; it has {}", path,
                              wanted, rows, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))),
                  ExitCode::bad_input);
    }
    return name;
  }
  for (const char* usual : {"labels", "label", "y", "target", "class", "cluster"}) {
    if (std::find(names.begin(), names.end(), usual) != names.end()) {
      return usual;
    }
  }
  return names.empty() ? std::string() : names.front();
}

/// The method that made the map; empty in files that do not say.
std::string read_method(hid_t file, const std::string& failure) {
  if (H5Aexists(file, "method") <= 0) {
    return {};
  }
  const Hdf5Handle attribute(H5Aopen(file, "method", H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  if (H5Tis_variable_str(type.id()) <= 0 || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return {};
  }
  char* text = nullptr;
  check_hdf5(H5Aread(attribute.id(), type.id(), static_cast<void*>(&text)), failure);
  std::string method = text == nullptr ? "" : text;
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, static_cast<void*>(&text));
  return method;
}

}  // namespace

ResultPicture read_result(const std::string& path, const std::string& labels) {
  InputDescription description;
  try {
    description = find_dataset({path, "/embedding"});
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + " (plot draws the results of distsne embed)", ExitCode::bad_input);
  }
  if (description.columns < 1 || description.columns > 3) {
    throw Error(fmt::format("'{}', dataset '/embedding' has {} columns: maps of 1, 2 or 3 dimensions can be drawn",
                            path, description.columns),
                ExitCode::bad_input);
  }
  const std::string failure = fmt::format("reading '{}' failed; the file may be damaged", path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  ResultPicture picture;
  picture.rows = description.rows;
  picture.dims = static_cast<int>(description.columns);
  picture.embedding.resize(checked_product(picture.rows, picture.dims));
  const Hdf5Handle map = open_dataset(file.id(), "/embedding", failure);
  check_hdf5(H5Dread(map.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, picture.embedding.data()), failure);

  picture.method = read_method(file.id(), failure);

  picture.label_name = labels == no_labels ? "" : choose_labels(file.id(), path, labels, picture.rows);
  if (!picture.label_name.empty()) {
    const Hdf5Handle dataset = open_dataset(file.id(), picture.label_name, failure);
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
    if (H5Tget_class(type.id()) == H5T_STRING) {
      picture.text_labels = read_strings(dataset.id(), type.id(), 0, static_cast<std::size_t>(picture.rows), failure);
    } else {
      picture.numeric_labels.resize(static_cast<std::size_t>(picture.rows));
      check_hdf5(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, picture.numeric_labels.data()),
                 fmt::format("'{}', dataset '{}' cannot be read as numbers: choose others with --labels", path,
                             picture.label_name),
                 ExitCode::bad_input);
    }
  }
  return picture;
}

}  // namespace distsne
