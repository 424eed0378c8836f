/// Maps read as a whole, and copied with other places.
#include "io/map_rows.hpp"

#include <fmt/format.h>
#include "io/annotator.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_tree.hpp"
#include "io/output_file.hpp"

namespace distsne {
namespace {

std::vector<std::string> words_of(const RowAnnotation& annotation) {
  if (const auto* words = std::get_if<std::vector<std::string>>(&annotation.values)) {
    return *words;
  }
  std::vector<std::string> words;
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&annotation.values)) {
    for (const std::int64_t value : *integers) {
      words.push_back(std::to_string(value));
    }
  } else {
    for (const double value : std::get<std::vector<double>>(annotation.values)) {
      words.push_back(text_of(value));
    }
  }
  return words;
}

/// Removes what is there of a name, attribute or dataset.
void clear(hid_t file, const std::vector<const char*>& attributes, const char* dataset) {
  for (const char* const name : attributes) {
    if (H5Aexists(file, name) > 0) {
      H5Adelete(file, name);
    }
  }
  if (H5Lexists(file, dataset, H5P_DEFAULT) > 0) {
    H5Ldelete(file, dataset, H5P_DEFAULT);
  }
}

}  // namespace

MapRows read_map_rows(const std::string& path, const std::string& names) {
  const InputDescription embedding = find_dataset({path, "/embedding"});
  const Hdf5Tree tree(path);
  if (embedding.columns < 1 || embedding.columns > 3) {
    throw Error(fmt::format("'{}', dataset '/embedding' has {} columns: maps have 1, 2 or 3", path, embedding.columns),
                ExitCode::bad_input);
  }
  MapRows map;
  map.rows = embedding.rows;
  map.dims = static_cast<int>(embedding.columns);
  map.places = tree.numbers("/embedding");
  const std::string wanted = "/" + (names.empty() ? std::string(row_names) : names);
  if (tree.is_dataset(wanted)) {
    if (const auto found = tree.annotation(wanted, wanted, map.rows)) {
      map.names = words_of(*found);
    }
  }
  if (!names.empty() && map.names.empty()) {
    throw Error(fmt::format("'{}' has no dataset '{}' with a name for each row", path, names), ExitCode::bad_input);
  }
  return map;
}

void write_moved_map(const std::string& map, const std::string& output, const std::vector<double>& places,
                     const Alignment& told) {
  const std::string failure = fmt::format("writing '{}' failed", output);
  write_changed_copy(map, output, [&](const std::string& path) {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, failure);
    const Hdf5Handle dataset(H5Dopen2(file.id(), "/embedding", H5P_DEFAULT), H5Dclose, failure);
    check_hdf5(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, places.data()), failure);
    clear(file.id(), {"aligned_to", "alignment_scale", "alignment_residual"}, "drift");
    const Annotator out(file.id(), failure);
    out.dataset("drift", told.drift);
    out.attribute("aligned_to", told.fixed);
    out.attribute("alignment_scale", told.scale);
    out.attribute("alignment_residual", told.residual);
    check_hdf5(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), failure);
  });
}

}  // namespace distsne
