/// Copying labels, ids and the like from file to file.
#include "io/carry_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne {

void carry_over(hid_t file, const InputDescription& input, const std::vector<std::string>& taken) {
  if (input.path.empty()) {
    return;
  }
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

}  // namespace distsne
