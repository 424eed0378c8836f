/// What is where in an HDF5 file.
#include "io/hdf5_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/find_dataset.hpp"
#include "io/hdf5_filters.hpp"

namespace distsne {
namespace {

std::string failure_of(const std::string& path, const std::string& name) {
  return fmt::format("'{}', '{}' cannot be read; the file may be damaged", path, name);
}

herr_t add_name(hid_t /*group*/, const char* name, const H5L_info_t* /*info*/, void* names) {
  try {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  } catch (const std::exception&) {
    return -1;
  }
  return 0;
}

/// Text that is padded with zeros or blanks.
std::string unpadded(const char* text, std::size_t size) {
  const std::string padded(text, size);
  const std::string value = padded.substr(0, padded.find('\0'));
  return value.substr(0, value.find_last_not_of(' ') + 1);
}

/// Reads `count` strings by read(memory type, buffer).
template <class Read>
std::vector<std::string> read_texts(hid_t type, hid_t space, std::size_t count, const std::string& failure,
                                    const Read& read) {
  std::vector<std::string> values;
  values.reserve(count);
  if (H5Tis_variable_str(type) > 0) {
    const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose, failure);
    check_hdf5(H5Tset_size(memory.id(), H5T_VARIABLE), failure);
    check_hdf5(H5Tset_cset(memory.id(), H5Tget_cset(type)), failure);
    std::vector<char*> pointers(count, nullptr);
    check_hdf5(read(memory.id(), static_cast<void*>(pointers.data())), failure, ExitCode::bad_input);
    for (const char* pointer : pointers) {
      values.emplace_back(pointer == nullptr ? "" : pointer);
    }
    H5Dvlen_reclaim(memory.id(), space, H5P_DEFAULT, static_cast<void*>(pointers.data()));
  } else {
    const std::size_t size = H5Tget_size(type);
    std::vector<char> text(checked_product(static_cast<GlobalIndex>(count), static_cast<GlobalIndex>(size)));
    check_hdf5(read(type, static_cast<void*>(text.data())), failure, ExitCode::bad_input);
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(unpadded(text.data() + i * size, size));
    }
  }
  return values;
}

}  // namespace

std::string text_of(double value) { return std::isnan(value) ? std::string() : fmt::format("{}", value); }

Hdf5Tree::Hdf5Tree(const std::string& path) : path_(path), file_(open_input_file(path)) {}

H5O_type_t Hdf5Tree::kind_of(const std::string& name) const {
  if (name.empty() || name == "/") {
    return H5O_TYPE_GROUP;
  }
  // HDF5 wants the steps asked for one by one.
  for (std::size_t end = name.find('/', 1); end != std::string::npos; end = name.find('/', end + 1)) {
    if (H5Lexists(id(), name.substr(0, end).c_str(), H5P_DEFAULT) <= 0) {
      return H5O_TYPE_UNKNOWN;
    }
  }
  H5O_info_t info;
  return H5Lexists(id(), name.c_str(), H5P_DEFAULT) > 0 &&
                 H5Oget_info_by_name2(id(), name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0
             ? info.type
             : H5O_TYPE_UNKNOWN;
}

std::vector<std::string> Hdf5Tree::children(const std::string& group) const {
  std::vector<std::string> names;
  if (is_group(group)) {
    const std::string failure = failure_of(path_, group);
    check_hdf5(H5Literate_by_name(id(), group.empty() ? "/" : group.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
                                  add_name, &names, H5P_DEFAULT),
               failure, ExitCode::bad_input);
  }
  return names;
}

Hdf5Handle Hdf5Tree::open(const std::string& dataset) const {
  Hdf5Handle opened(H5Dopen2(id(), dataset.c_str(), H5P_DEFAULT), H5Dclose, failure_of(path_, dataset),
                    ExitCode::bad_input);
  require_filters(opened.id(), fmt::format("'{}', dataset '{}'", path_, dataset));
  return opened;
}

std::vector<hsize_t> Hdf5Tree::extent(const std::string& dataset) const {
  const std::string failure = failure_of(path_, dataset);
  const Hdf5Handle opened = open(dataset);
  const Hdf5Handle space(H5Dget_space(opened.id()), H5Sclose, failure);
  const int dims = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(0, dims)));
  if (dims > 0) {
    H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
  }
  return extent;
}

H5T_class_t Hdf5Tree::type_class(const std::string& dataset) const {
  const Hdf5Handle opened = open(dataset);
  const Hdf5Handle type(H5Dget_type(opened.id()), H5Tclose, failure_of(path_, dataset));
  return H5Tget_class(type.id());
}

bool Hdf5Tree::is_matrix(const std::string& name) const {
  if (!is_dataset(name) || extent(name).size() != 2) {
    return false;
  }
  const H5T_class_t type = type_class(name);
  return type == H5T_INTEGER || type == H5T_FLOAT;
}

bool Hdf5Tree::is_written(const std::string& dataset) const { return is_written_dataset(open(dataset).id()); }

bool Hdf5Tree::has_attribute(const std::string& object, const char* name) const {
  return kind_of(object) != H5O_TYPE_UNKNOWN &&
         H5Aexists_by_name(id(), object.empty() ? "/" : object.c_str(), name, H5P_DEFAULT) > 0;
}

std::string Hdf5Tree::text_attribute(const std::string& object, const char* name) const {
  if (!has_attribute(object, name)) {
    return {};
  }
  const std::string failure = failure_of(path_, object);
  const Hdf5Handle attribute(
      H5Aopen_by_name(id(), object.empty() ? "/" : object.c_str(), name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return {};
  }
  const auto read = [&](hid_t memory, void* out) { return H5Aread(attribute.id(), memory, out); };
  return read_texts(type.id(), space.id(), 1, failure, read).front();
}

std::vector<std::int64_t> Hdf5Tree::integers_attribute(const std::string& object, const char* name) const {
  if (!has_attribute(object, name)) {
    return {};
  }
  const std::string failure = failure_of(path_, object);
  const Hdf5Handle attribute(
      H5Aopen_by_name(id(), object.empty() ? "/" : object.c_str(), name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (H5Tget_class(type.id()) != H5T_INTEGER || count < 1 || count > 16) {
    return {};
  }
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  check_hdf5(H5Aread(attribute.id(), H5T_NATIVE_INT64, values.data()), failure, ExitCode::bad_input);
  return values;
}

std::string Hdf5Tree::reference_attribute(const std::string& object, const char* name) const {
  if (!has_attribute(object, name)) {
    return {};
  }
  const std::string failure = failure_of(path_, object);
  const Hdf5Handle attribute(H5Aopen_by_name(id(), object.c_str(), name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, failure);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, failure);
  if (H5Tequal(type.id(), H5T_STD_REF_OBJ) <= 0 || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return {};
  }
  hobj_ref_t reference = 0;
  check_hdf5(H5Aread(attribute.id(), H5T_STD_REF_OBJ, &reference), failure, ExitCode::bad_input);
  std::vector<char> text(4096);
  const ssize_t length = H5Rget_name(attribute.id(), H5R_OBJECT, &reference, text.data(), text.size());
  return length > 0 ? std::string(text.data()) : std::string();
}

std::size_t Hdf5Tree::count_of(hid_t dataset, const std::string& name) const {
  const std::string failure = failure_of(path_, name);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, failure);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (count < 0 || (count > 0 && !is_written_dataset(dataset))) {
    throw Error(fmt::format("'{}', dataset '{}' was made and never written", path_, name), ExitCode::bad_input);
  }
  return static_cast<std::size_t>(count);
}

std::vector<std::int64_t> Hdf5Tree::integers(const std::string& dataset) const {
  const Hdf5Handle opened = open(dataset);
  std::vector<std::int64_t> values(count_of(opened.id(), dataset));
  check_hdf5(H5Dread(opened.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
             failure_of(path_, dataset), ExitCode::bad_input);
  return values;
}

std::vector<std::int64_t> Hdf5Tree::integers(const std::string& dataset, GlobalIndex first, GlobalIndex count) const {
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  const std::string failure = failure_of(path_, dataset);
  const Hdf5Handle opened = open(dataset);
  const Hdf5Handle space(H5Dget_space(opened.id()), H5Sclose, failure);
  const auto start = static_cast<hsize_t>(first);
  const auto extent = static_cast<hsize_t>(count);
  const Hdf5Handle memory(H5Screate_simple(1, &extent, nullptr), H5Sclose, failure);
  check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &start, nullptr, &extent, nullptr), failure,
             ExitCode::bad_input);
  check_hdf5(H5Dread(opened.id(), H5T_NATIVE_INT64, memory.id(), space.id(), H5P_DEFAULT, values.data()), failure,
             ExitCode::bad_input);
  return values;
}

std::vector<double> Hdf5Tree::numbers(const std::string& dataset) const {
  const Hdf5Handle opened = open(dataset);
  std::vector<double> values(count_of(opened.id(), dataset));
  check_hdf5(H5Dread(opened.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
             failure_of(path_, dataset), ExitCode::bad_input);
  return values;
}

std::vector<std::string> Hdf5Tree::texts(const std::string& dataset) const {
  const std::string failure = failure_of(path_, dataset);
  const Hdf5Handle opened = open(dataset);
  const std::size_t count = count_of(opened.id(), dataset);
  const Hdf5Handle type(H5Dget_type(opened.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Dget_space(opened.id()), H5Sclose, failure);
  std::vector<std::string> values;
  switch (H5Tget_class(type.id())) {
    case H5T_STRING:
      return read_texts(type.id(), space.id(), count, failure, [&](hid_t memory, void* out) {
        return H5Dread(opened.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
      });
    case H5T_INTEGER:
      for (const std::int64_t value : integers(dataset)) {
        values.push_back(std::to_string(value));
      }
      return values;
    case H5T_FLOAT:
      for (const double value : numbers(dataset)) {
        values.push_back(text_of(value));
      }
      return values;
    case H5T_ENUM: {  // as h5py writes truths
      const Hdf5Handle native(H5Tget_native_type(type.id(), H5T_DIR_ASCEND), H5Tclose, failure);
      const std::size_t size = H5Tget_size(native.id());
      std::vector<char> codes(count * size);
      check_hdf5(H5Dread(opened.id(), native.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, codes.data()), failure,
                 ExitCode::bad_input);
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<char> name(256, '\0');
        const bool named = H5Tenum_nameof(native.id(), codes.data() + i * size, name.data(), name.size() - 1) >= 0;
        const std::string word = named ? name.data() : "";
        values.push_back(word == "TRUE" ? "True" : word == "FALSE" ? "False" : word);
      }
      return values;
    }
    default:
      throw Error(fmt::format("'{}', dataset '{}' holds neither numbers nor words", path_, dataset),
                  ExitCode::bad_input);
  }
}

std::optional<RowAnnotation> Hdf5Tree::annotation(const std::string& dataset, const std::string& name,
                                                  GlobalIndex rows) const {
  if (!is_dataset(dataset)) {
    return std::nullopt;
  }
  GlobalIndex entries = 1;
  for (const hsize_t length : extent(dataset)) {
    entries = length == 0 || static_cast<hsize_t>(entries) > static_cast<hsize_t>(rows) / length
                  ? (length == 1 ? entries : -1)
                  : entries * static_cast<GlobalIndex>(length);
    if (entries < 0) {
      return std::nullopt;
    }
  }
  if (entries != rows || !is_written(dataset)) {
    return std::nullopt;
  }
  RowAnnotation result;
  result.name = name;
  switch (type_class(dataset)) {
    case H5T_INTEGER:
      result.values = integers(dataset);
      return result;
    case H5T_FLOAT:
      result.values = numbers(dataset);
      return result;
    case H5T_STRING:
    case H5T_ENUM:
      result.values = texts(dataset);
      return result;
    default:
      return std::nullopt;
  }
}

}  // namespace distsne
