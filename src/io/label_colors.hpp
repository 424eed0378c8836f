/// Colors of classes that a result has beside its labels.
#pragma once

#include <hdf5.h>

#include <map>
#include <string>
#include <vector>

namespace distsne {

/// One process. The words of an attribute; none where there is none, or it holds something else. Throws Error (I/O)
/// with `failure` when reading fails.
[[nodiscard]] std::vector<std::string> words_of_attribute(hid_t object, const char* name, const std::string& failure);

/// One process. The attributes `categories` and `colors` of a dataset, "#rrggbb" by words; as many as both have.
[[nodiscard]] std::map<std::string, std::string> label_colors(hid_t dataset, const std::string& failure);

}  // namespace distsne
