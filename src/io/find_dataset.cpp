/// Looking through an HDF5 file for what can be embedded.
#include "io/find_dataset.hpp"
#include "io/hdf5_filters.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/hdf5_handle.hpp"
#include "io/refusals.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

}  // namespace

void require_readable(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    throw bad_input(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) {
    throw bad_input(refusal_of_directory(path));
  }
  if (!S_ISREG(status.st_mode)) {
    throw bad_input(
        fmt::format("cannot read '{}': it is no regular file, and HDF5 cannot be read from a stream", path));
  }
  if (access(path.c_str(), R_OK) != 0) {
    throw bad_input(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  }
  if (status.st_size == 0) {
    throw bad_input(fmt::format("'{}' is an empty file: what wrote it has failed or has not finished", path));
  }
}

Hdf5Handle open_input_file(const std::string& path) {
  set_up_hdf5();
  require_readable(path);
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    throw bad_input(fmt::format("'{}' is not an HDF5 file: convert it, for example with h5py", path));
  }
  return Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                    fmt::format("'{}' is an HDF5 file that cannot be opened: it is truncated or damaged, or another "
                                "program is writing it, or its file system cannot lock files (then set "
                                "HDF5_USE_FILE_LOCKING=FALSE)",
                                path),
                    ExitCode::bad_input);
}

bool is_written_dataset(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "the shape of a dataset cannot be read");
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose, "the storage of a dataset cannot be read");
  return H5Sget_simple_extent_npoints(space.id()) == 0 || H5Pget_layout(creation.id()) == H5D_VIRTUAL ||
         H5Dget_storage_size(dataset) > 0;
}

namespace {

/// Number of dimensions of a dataset and its extents (of the first two).
struct Shape {
  int dims = 0;
  std::array<hsize_t, 2> extent{};
};

Shape shape_of(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "the shape of a dataset cannot be read");
  Shape shape;
  shape.dims = H5Sget_simple_extent_ndims(space.id());
  if (shape.dims == 1 || shape.dims == 2) {
    H5Sget_simple_extent_dims(space.id(), shape.extent.data(), nullptr);
  }
  return shape;
}

/// Enumerations of 0 and 1, as h5py writes booleans.
bool are_booleans(hid_t type) {
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2) {
    return false;
  }
  const Hdf5Handle base(H5Tget_super(type), H5Tclose, "the type of a dataset cannot be read");
  for (unsigned member = 0; member < 2; ++member) {
    std::array<std::int64_t, 1> value{};  // room for any integer, which is converted in place
    if (H5Tget_size(base.id()) > sizeof(std::int64_t) || H5Tget_member_value(type, member, value.data()) < 0 ||
        H5Tconvert(base.id(), H5T_NATIVE_INT64, 1, value.data(), nullptr, H5P_DEFAULT) < 0 ||
        value[0] != static_cast<std::int64_t>(member)) {
      return false;
    }
  }
  return true;
}

/// Of the values; booleans are integers.
H5T_class_t class_of(hid_t dataset) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "the type of a dataset cannot be read");
  return are_booleans(type.id()) ? H5T_INTEGER : H5Tget_class(type.id());
}

/// Integers that 64 bits with a sign hold.
bool are_signed_integers(hid_t dataset) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "the type of a dataset cannot be read");
  return H5Tget_class(type.id()) == H5T_INTEGER && (H5Tget_size(type.id()) < 8 || H5Tget_sign(type.id()) == H5T_SGN_2);
}

bool is_number(H5T_class_t type) { return type == H5T_INTEGER || type == H5T_FLOAT; }

const char* name_of(H5T_class_t type) {
  switch (type) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return "numbers";
    case H5T_STRING:
      return "strings";
    case H5T_COMPOUND:
      return "compound records";
    case H5T_ENUM:
      return "enumerations";
    default:
      return "values of another kind";
  }
}

struct Candidates {
  std::vector<std::string> matrices;  // 2-D, numbers
  std::vector<std::string> all;
  std::vector<std::string> described;  // all, with dimensions and type
};

/// Called by HDF5, through which no exception may pass: what cannot be opened is left out.
herr_t collect(hid_t root, const char* name, const H5O_info_t* info, void* data) {
  if (info->type != H5O_TYPE_DATASET) {
    return 0;
  }
  try {
    const Hdf5Handle dataset(H5Dopen2(root, name, H5P_DEFAULT), H5Dclose, "a dataset cannot be opened");
    const int dims = shape_of(dataset.id()).dims;
    const H5T_class_t type = class_of(dataset.id());
    auto& candidates = *static_cast<Candidates*>(data);
    const std::string path = std::string("/") + name;
    candidates.all.push_back(path);
    candidates.described.push_back(fmt::format("{}: {}-D, {}", path, dims, name_of(type)));
    if (dims == 2 && is_number(type)) {
      candidates.matrices.push_back(path);
    }
  } catch (const std::exception&) {
    return 0;
  }
  return 0;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  const std::vector<std::string> shown(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
  return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > most ? ", ..." : "");
}

Candidates candidates_in(const Hdf5Handle& file, const std::string& path) {
  Candidates candidates;
  check_hdf5(H5Ovisit2(file.id(), H5_INDEX_NAME, H5_ITER_INC, collect, &candidates, H5O_INFO_BASIC),
             fmt::format("'{}' cannot be searched for datasets: it is damaged", path), ExitCode::bad_input);
  return candidates;
}

/// The only matrix of the file, or its only dataset, whose shape and type the caller looks at.
std::string only_matrix(const Hdf5Handle& file, const InputOptions& options) {
  const std::string& path = options.path;
  const Candidates candidates = candidates_in(file, path);
  if (candidates.matrices.size() == 1) {
    return candidates.matrices.front();
  }
  if (candidates.all.size() == 1) {
    return candidates.all.front();
  }
  if (candidates.matrices.empty()) {
    throw bad_input(
        fmt::format("'{}' has no 2-D dataset of numbers, one row per point; {}", path,
                    candidates.all.empty() ? "it has no datasets at all" : "it has " + listed(candidates.described)));
  }
  throw bad_input(fmt::format("'{}' has several 2-D datasets: choose one of {} with {}", path,
                              listed(candidates.matrices), options.dataset_option));
}

/// The path from the root: "X", "/X" and "//X/" are the same dataset.
std::string full_path(const std::string& name) {
  std::string path = (std::filesystem::path("/") / name).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

/// Every link on the way exists and the last one is a dataset; HDF5 wants the steps asked for one by one.
bool is_dataset(hid_t file, const std::string& name) {
  for (std::size_t end = name.find('/', 1); end != std::string::npos; end = name.find('/', end + 1)) {
    if (H5Lexists(file, name.substr(0, end).c_str(), H5P_DEFAULT) <= 0) {
      return false;
    }
  }
  if (H5Lexists(file, name.c_str(), H5P_DEFAULT) <= 0) {
    return false;
  }
  H5O_info_t info;
  return H5Oget_info_by_name2(file, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
         info.type == H5O_TYPE_DATASET;
}

}  // namespace

InputDescription find_dataset(const InputOptions& options) {
  set_up_hdf5();
  const Hdf5Handle file = open_input_file(options.path);
  InputDescription input;
  input.path = options.path;
  if (options.dataset.empty()) {
    input.dataset = only_matrix(file, options);
  } else {
    input.dataset = full_path(options.dataset);
    if (!is_dataset(file.id(), input.dataset)) {
      const Candidates candidates = candidates_in(file, options.path);
      throw bad_input(fmt::format("'{}' has no dataset '{}'; it has {}", options.path, options.dataset,
                                  candidates.all.empty() ? "none" : listed(candidates.all)));
    }
  }
  const std::string place = fmt::format("'{}', dataset '{}'", options.path, input.dataset);
  const Hdf5Handle dataset(H5Dopen2(file.id(), input.dataset.c_str(), H5P_DEFAULT), H5Dclose,
                           place + " cannot be opened: the file is damaged", ExitCode::bad_input);
  const Shape shape = shape_of(dataset.id());
  if (shape.dims != 2) {
    throw bad_input(fmt::format("{} is {}-D: a 2-D dataset is wanted, one row per point", place, shape.dims));
  }
  if (!is_number(class_of(dataset.id()))) {
    throw bad_input(fmt::format("{} holds {}: integers or floats are wanted", place, name_of(class_of(dataset.id()))));
  }
  require_filters(dataset.id(), place);
  if (!is_written_dataset(dataset.id())) {
    throw bad_input(
        fmt::format("{} was made and never written: what should have written it has failed or has not "
                    "finished",
                    place));
  }
  input.rows = static_cast<GlobalIndex>(shape.extent[0]);
  input.columns = static_cast<GlobalIndex>(shape.extent[1]);
  input.signed_integers = are_signed_integers(dataset.id());
  return input;
}

std::vector<std::string> row_datasets_beside(const std::string& path, const std::string& dataset, GlobalIndex rows) {
  set_up_hdf5();
  const Hdf5Handle file = open_input_file(path);
  const std::string group = dataset.substr(0, dataset.rfind('/') + 1);
  std::vector<std::string> names;
  const Candidates candidates = candidates_in(file, path);
  for (const std::string& name : candidates.all) {
    if (name.rfind('/') + 1 != group.size() || name.compare(0, group.size(), group) != 0) {
      continue;
    }
    const Hdf5Handle one(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, "a dataset cannot be opened");
    const Shape shape = shape_of(one.id());
    // References point into their own file only.
    if (shape.dims == 1 && static_cast<GlobalIndex>(shape.extent[0]) == rows && is_written_dataset(one.id()) &&
        class_of(one.id()) != H5T_REFERENCE) {
      names.push_back(name.substr(group.size()));
    }
  }
  return names;
}

}  // namespace distsne
