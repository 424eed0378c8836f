/// Copying labels, ids and the like from the input to a file.
#include "io/carry_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/source.hpp"

namespace distsne {
namespace {

/// As it is, from HDF5 to HDF5.
void copy_lists(hid_t file, const InputDescription& input, const std::vector<std::string>& taken) {
  const Hdf5Handle source(H5Fopen(input.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                          fmt::format("'{}' cannot be opened again to copy its labels", input.path));
  const std::string group = input.dataset.substr(0, input.dataset.rfind('/') + 1);
  const std::vector<std::string> names = row_datasets_beside(input.path, input.dataset, input.rows);
  const auto is_among = [](const std::vector<std::string>& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  };
  for (const std::string& name : names) {
    std::string copy = name;
    while (is_among(taken, copy) || (copy != name && is_among(names, copy))) {
      copy.insert(0, "input_");
    }
    check_hdf5(H5Ocopy(source.id(), (group + name).c_str(), file, copy.c_str(), H5P_DEFAULT, H5P_DEFAULT),
               fmt::format("'{}' of '{}' cannot be copied", group + name, input.path));
  }
}

/// Texts as HDF5 keeps them with little overhead: all of the length of the longest.
struct FixedTexts {
  explicit FixedTexts(const std::vector<std::string>& texts, const std::string& failure)
      : type(H5Tcopy(H5T_C_S1), H5Tclose, failure) {
    std::size_t size = 1;
    for (const std::string& text : texts) {
      size = std::max(size, text.size());
    }
    check_hdf5(H5Tset_size(type.id(), size), failure);
    check_hdf5(H5Tset_cset(type.id(), H5T_CSET_UTF8), failure);
    check_hdf5(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), failure);
    bytes.resize(size * texts.size(), '\0');
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::copy(texts[i].begin(), texts[i].end(), bytes.begin() + static_cast<std::ptrdiff_t>(i * size));
    }
  }
  Hdf5Handle type;
  std::vector<char> bytes;
};

/// A list of words as an attribute; left out where it is longer than attributes may be.
void write_words(hid_t dataset, const char* name, const std::vector<std::string>& words, const std::string& failure) {
  constexpr std::size_t most_bytes = 60000;
  const FixedTexts texts(words, failure);
  if (words.empty() || texts.bytes.size() > most_bytes) {
    return;
  }
  const hsize_t count = words.size();
  const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, failure);
  const Hdf5Handle made(H5Acreate2(dataset, name, texts.type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                        failure);
  check_hdf5(H5Awrite(made.id(), texts.type.id(), texts.bytes.data()), failure);
}

void write_annotation(hid_t file, const std::string& name, const RowAnnotation& annotation) {
  const std::string failure = fmt::format("'{}' cannot be written", name);
  const auto write = [&](hid_t type, std::size_t rows, const void* values) {
    const hsize_t count = rows;
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, failure);
    Hdf5Handle made(H5Dcreate2(file, name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
                    failure);
    if (rows > 0) {
      check_hdf5(H5Dwrite(made.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), failure);
    }
    return made;
  };
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&annotation.values)) {
    write(H5T_NATIVE_INT64, integers->size(), integers->data());
  } else if (const auto* numbers = std::get_if<std::vector<double>>(&annotation.values)) {
    write(H5T_NATIVE_DOUBLE, numbers->size(), numbers->data());
  } else {
    const auto& words = std::get<std::vector<std::string>>(annotation.values);
    const FixedTexts texts(words, failure);
    const Hdf5Handle made = write(texts.type.id(), words.size(), texts.bytes.data());
    write_words(made.id(), "categories", annotation.categories, failure);
    write_words(made.id(), "colors", annotation.colors, failure);
  }
}

/// A name that can stand in the root of a file and is not taken yet.
std::string free_name(hid_t file, const std::string& wanted, const std::vector<std::string>& taken) {
  std::string name = wanted;
  std::replace(name.begin(), name.end(), '/', '_');
  const auto is_taken = [&] {
    return name.empty() || name == "." || std::find(taken.begin(), taken.end(), name) != taken.end() ||
           H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0;
  };
  while (is_taken()) {
    name.insert(0, "input_");
  }
  return name;
}

}  // namespace

void carry_over(hid_t file, const InputDescription& input, const std::vector<std::string>& taken) {
  if (input.path.empty()) {
    return;
  }
  if (input.format == "HDF5" && input.layout == Layout::rows && !input.chosen) {
    copy_lists(file, input, taken);
    return;
  }
  open_source(input)->annotations([&](const RowAnnotation& annotation) {
    write_annotation(file, free_name(file, annotation.name, taken), annotation);
  });
}

}  // namespace distsne
