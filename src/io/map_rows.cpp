/// Maps read as a whole, and copied with other places.
#include "io/map_rows.hpp"

#include <fmt/format.h>

#include <numeric>
#include <unordered_map>

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

[[noreturn]] void refuse(const std::string& message) { throw Error(message, ExitCode::bad_input); }

InputDescription find_embedding(const std::string& path) {
  InputDescription embedding = find_dataset({path, "/embedding"});
  if (embedding.columns < 1 || embedding.columns > 3) {
    refuse(fmt::format("'{}', dataset '/embedding' has {} columns: maps have 1, 2 or 3", path, embedding.columns));
  }
  return embedding;
}

[[noreturn]] void refuse_without(const std::string& path, const std::string& names) {
  refuse(fmt::format("'{}' has no dataset '{}' with a name for each row", path, names));
}

/// The place of each name; throws where two are the same.
std::unordered_map<std::string, GlobalIndex> places_of(const NamedRows& named) {
  std::unordered_map<std::string, GlobalIndex> place;
  place.reserve(named.names.size());
  for (std::size_t i = 0; i < named.names.size(); ++i) {
    if (!place.emplace(named.names[i], static_cast<GlobalIndex>(i)).second) {
      refuse(fmt::format("'{}' has several rows called '{}': which is the same row cannot be told", named.path,
                         named.names[i]));
    }
  }
  return place;
}

}  // namespace

MapRowNames read_map_row_names(const std::string& path, const std::string& names) {
  const Hdf5Tree tree(path);
  MapRowNames map;
  map.rows = find_embedding(path).rows;
  const std::string wanted = "/" + (names.empty() ? std::string(row_names) : names);
  if (tree.is_dataset(wanted)) {
    if (const auto found = tree.annotation(wanted, wanted, map.rows)) {
      map.names = words_of(*found);
    }
  }
  if (!names.empty() && map.names.empty()) {
    refuse_without(path, names);
  }
  return map;
}

MapRows read_map_rows(const std::string& path, const std::string& names) {
  const InputDescription embedding = find_embedding(path);
  MapRowNames named = read_map_row_names(path, names);
  return {named.rows, static_cast<int>(embedding.columns), Hdf5Tree(path).numbers("/embedding"),
          std::move(named.names)};
}

std::vector<std::string> read_row_names(const InputDescription& input, const std::string& names) {
  std::vector<std::string> words;
  open_source(input)->annotations([&](const RowAnnotation& annotation) {
    if (annotation.name == (names.empty() ? row_names : names)) {
      words = words_of(annotation);
    }
  });
  if (!names.empty() && words.empty()) {
    refuse_without(input.path, names);
  }
  return words;
}

std::vector<GlobalIndex> common_rows(const NamedRows& fixed, const NamedRows& moving) {
  std::vector<GlobalIndex> same(static_cast<std::size_t>(moving.rows), no_row);
  if (fixed.names.empty() || moving.names.empty()) {
    if (fixed.rows != moving.rows) {
      refuse(
          fmt::format("'{}' has {} rows and '{}' has {}, and not both have names of rows: --by NAME names the dataset "
                      "that tells which rows are the same",
                      fixed.path, fixed.rows, moving.path, moving.rows));
    }
    std::iota(same.begin(), same.end(), GlobalIndex{0});
    return same;
  }
  const std::unordered_map<std::string, GlobalIndex> place = places_of(fixed);
  static_cast<void>(places_of(moving));
  for (std::size_t i = 0; i < moving.names.size(); ++i) {
    const auto found = place.find(moving.names[i]);
    same[i] = found == place.end() ? no_row : found->second;
  }
  return same;
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
