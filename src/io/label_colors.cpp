/// Reading words beside labels.
#include "io/label_colors.hpp"

#include <algorithm>

#include "io/hdf5_handle.hpp"

namespace distsne {

std::vector<std::string> words_of_attribute(hid_t object, const char* name, const std::string& failure) {
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

std::map<std::string, std::string> label_colors(hid_t dataset, const std::string& failure) {
  const std::vector<std::string> categories = words_of_attribute(dataset, "categories", failure);
  const std::vector<std::string> texts = words_of_attribute(dataset, "colors", failure);
  std::map<std::string, std::string> colors;
  for (std::size_t i = 0; i < std::min(categories.size(), texts.size()); ++i) {
    colors[categories[i]] = texts[i];
  }
  return colors;
}

}  // namespace distsne
