/// Reading a result back for its picture.
#include <fmt/format.h>

#include <algorithm>

#include "io/choose_labels.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/label_colors.hpp"
#include "io/read_strings.hpp"
#include "io/result.hpp"

namespace distsne {
namespace {

Hdf5Handle open_dataset(hid_t file, const std::string& name, const std::string& failure) {
  return Hdf5Handle(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, failure, ExitCode::bad_input);
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

  const std::vector<std::string> method = words_of_attribute(file.id(), "method", failure);
  picture.method = method.size() == 1 ? method.front() : "";

  picture.label_name = labels == no_labels ? "" : choose_labels(file.id(), path, labels, picture.rows);
  if (!picture.label_name.empty()) {
    const Hdf5Handle dataset = open_dataset(file.id(), picture.label_name, failure);
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure);
    picture.colors = label_colors(dataset.id(), failure);
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
