/// Reading a result back for its picture.
#include <fmt/format.h>

#include <algorithm>

#include "io/choose_labels.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/read_strings.hpp"
#include "io/result.hpp"

namespace distsne {
namespace {

Hdf5Handle open_dataset(hid_t file, const std::string& name, const std::string& failure) {
  return Hdf5Handle(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, failure, ExitCode::bad_input);
}

/// The words of an attribute; empty when there is none.
std::vector<std::string> read_words(hid_t object, const char* name, const std::string& failure) {
  if (H5Aexists(object, name) <= 0) {
    return {};
  }
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (H5Tis_variable_str(type.id()) <= 0 || count < 1) {
    return {};
  }
  std::vector<char*> pointers(static_cast<std::size_t>(count), nullptr);
  check_hdf5(H5Aread(attribute.id(), type.id(), static_cast<void*>(pointers.data())), failure);
  std::vector<std::string> words;
  for (const char* pointer : pointers) {
    words.emplace_back(pointer == nullptr ? "" : pointer);
  }
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, static_cast<void*>(pointers.data()));
  return words;
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

  const std::vector<std::string> method = read_words(file.id(), "method", failure);
  picture.method = method.size() == 1 ? method.front() : "";

  picture.label_name = labels == no_labels ? "" : choose_labels(file.id(), path, labels, picture.rows);
  if (!picture.label_name.empty()) {
    const Hdf5Handle dataset = open_dataset(file.id(), picture.label_name, failure);
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
    const std::vector<std::string> categories = read_words(dataset.id(), "categories", failure);
    const std::vector<std::string> colors = read_words(dataset.id(), "colors", failure);
    for (std::size_t i = 0; i < std::min(categories.size(), colors.size()); ++i) {
      picture.colors[categories[i]] = colors[i];
    }
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
