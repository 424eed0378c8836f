/// Fields of records, one at a time.
#include "io/hdf5_records.hpp"

#include <fmt/format.h>

namespace distsne {
namespace {

/// The values of a field, as HDF5 gives them in records of this field alone.
RowAnnotation field_of(const Hdf5Tree& tree, const std::string& dataset, const std::string& name, hid_t stored,
                       std::size_t rows) {
  const std::string failure = fmt::format("'{}', '{}', field '{}' cannot be read", tree.path(), dataset, name);
  const Hdf5Handle opened = tree.open(dataset);
  const auto read = [&](hid_t member, std::size_t size, void* out) {
    const Hdf5Handle record(H5Tcreate(H5T_COMPOUND, size), H5Tclose, failure);
    check_hdf5(H5Tinsert(record.id(), name.c_str(), 0, member), failure);
    check_hdf5(H5Dread(opened.id(), record.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out), failure, ExitCode::bad_input);
  };
  RowAnnotation result;
  result.name = name;
  switch (H5Tget_class(stored)) {
    case H5T_INTEGER: {
      std::vector<std::int64_t> values(rows);
      read(H5T_NATIVE_INT64, sizeof(std::int64_t), values.data());
      result.values = std::move(values);
      break;
    }
    case H5T_FLOAT: {
      std::vector<double> values(rows);
      read(H5T_NATIVE_DOUBLE, sizeof(double), values.data());
      result.values = std::move(values);
      break;
    }
    case H5T_ENUM: {
      std::vector<std::string> words(rows);
      const std::size_t size = H5Tget_size(stored);
      std::vector<char> codes(rows * size);
      read(stored, size, codes.data());
      for (std::size_t i = 0; i < rows; ++i) {
        std::vector<char> word(256, '\0');
        H5Tenum_nameof(stored, codes.data() + i * size, word.data(), word.size() - 1);
        words[i] = word.data();
        words[i] = words[i] == "TRUE" ? "True" : words[i] == "FALSE" ? "False" : words[i];
      }
      result.values = std::move(words);
      break;
    }
    default: {
      std::vector<std::string> words(rows);
      if (H5Tis_variable_str(stored) > 0) {
        std::vector<char*> pointers(rows, nullptr);
        read(stored, sizeof(char*), static_cast<void*>(pointers.data()));
        for (std::size_t i = 0; i < rows; ++i) {
          words[i] = pointers[i] == nullptr ? "" : pointers[i];
          H5free_memory(pointers[i]);
        }
      } else {
        const std::size_t size = H5Tget_size(stored);
        std::vector<char> text(rows * size);
        read(stored, size, text.data());
        for (std::size_t i = 0; i < rows; ++i) {
          words[i] = std::string(text.data() + i * size, size);
          words[i].resize(std::min(words[i].find('\0'), words[i].size()));
        }
      }
      result.values = std::move(words);
    }
  }
  return result;
}

}  // namespace

void for_record_fields(const Hdf5Tree& tree, const std::string& dataset, GlobalIndex rows,
                       const std::function<void(RowAnnotation&&)>& take) {
  const std::vector<hsize_t> extent = tree.extent(dataset);
  if (tree.type_class(dataset) != H5T_COMPOUND || extent.size() != 1 || static_cast<GlobalIndex>(extent[0]) != rows ||
      !tree.is_written(dataset)) {
    return;
  }
  const std::string failure = fmt::format("'{}', '{}' cannot be read", tree.path(), dataset);
  const Hdf5Handle opened = tree.open(dataset);
  const Hdf5Handle type(H5Dget_type(opened.id()), H5Tclose, failure);
  for (int field = 0; field < H5Tget_nmembers(type.id()); ++field) {
    const auto number = static_cast<unsigned>(field);
    char* const text = H5Tget_member_name(type.id(), number);
    const std::string name = text == nullptr ? "" : text;
    H5free_memory(text);
    const Hdf5Handle member(H5Tget_member_type(type.id(), number), H5Tclose, failure);
    const H5T_class_t kind = H5Tget_class(member.id());
    if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM || kind == H5T_STRING) {
      take(field_of(tree, dataset, name, member.id(), static_cast<std::size_t>(rows)));
    }
  }
}

}  // namespace distsne
