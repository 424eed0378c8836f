/// Judging datasets by their names and their first entries.
#include "io/choose_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>
#include <vector>

#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/read_strings.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex head = 20000;        // entries to judge by
constexpr std::size_t few_classes = 200;   // however few rows there are
constexpr std::size_t most_classes = 500;  // with four rows or more for each
constexpr std::size_t most_integers = 50;

constexpr std::array<const char*, 24> usual_names{"cell_type",   "celltype",   "cell_types",  "cell_ontology_class",
                                                  "cell_label",  "annotation", "annotations", "labels",
                                                  "label",       "class",      "classes",     "cluster",
                                                  "clusters",    "leiden",     "louvain",     "target",
                                                  "target_name", "species",    "cell_subset", "population",
                                                  "category",    "group",      "y",           "type"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// How suitable labels are; lower comes first.
enum class Kind { classes, integers, numbers, unsuitable };

class Judge {
 public:
  Judge(hid_t file, const std::string& name, GlobalIndex rows)
      : failure_(fmt::format("dataset '{}' cannot be read", name)),
        dataset_(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, failure_, ExitCode::bad_input),
        type_(H5Dget_type(dataset_.id()), H5Tclose, failure_),
        count_(static_cast<std::size_t>(std::min(rows, head))) {}

  [[nodiscard]] bool is_label() const {
    const H5T_class_t kind = H5Tget_class(type_.id());
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM;
  }

  [[nodiscard]] Kind kind() const {
    if (H5Tget_class(type_.id()) == H5T_STRING) {
      const std::vector<std::string> texts = read_strings(dataset_.id(), type_.id(), 0, count_, failure_);
      const std::size_t different = std::unordered_set<std::string>(texts.begin(), texts.end()).size();
      const bool few = different <= few_classes || (different <= most_classes && 4 * different <= count_);
      return different >= 2 && few && !all_different(different) ? Kind::classes : Kind::unsuitable;
    }
    const hsize_t extent = count_;
    const hsize_t begin = 0;
    const Hdf5Handle space(H5Dget_space(dataset_.id()), H5Sclose, failure_);
    check_hdf5(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &begin, nullptr, &extent, nullptr), failure_);
    const Hdf5Handle target(H5Screate_simple(1, &extent, nullptr), H5Sclose, failure_);
    std::vector<double> numbers(count_);
    if (H5Tget_class(type_.id()) == H5T_ENUM ||
        H5Dread(dataset_.id(), H5T_NATIVE_DOUBLE, target.id(), space.id(), H5P_DEFAULT, numbers.data()) < 0) {
      return Kind::unsuitable;
    }
    std::erase_if(numbers, [](double number) { return !std::isfinite(number); });
    const std::size_t different = std::unordered_set<double>(numbers.begin(), numbers.end()).size();
    const bool whole =
        std::all_of(numbers.begin(), numbers.end(), [](double number) { return number == std::nearbyint(number); });
    if (different < 2 || (whole && all_different(different))) {
      return Kind::unsuitable;
    }
    return whole && different <= most_integers ? Kind::integers : Kind::numbers;
  }

 private:
  /// As names of rows are; few rows tell nothing.
  [[nodiscard]] bool all_different(std::size_t different) const { return count_ > 20 && different + 1 >= count_; }

  std::string failure_;
  Hdf5Handle dataset_;
  Hdf5Handle type_;
  std::size_t count_;
};

}  // namespace

std::vector<std::string> columns_beside_map(const std::string& path, GlobalIndex rows) {
  std::vector<std::string> names = row_datasets_beside(path, "/embedding", rows);
  for (const std::string& name : row_datasets_beside(path, "/quality/", rows)) {
    names.push_back("quality/" + name);
  }
  return names;
}

std::string choose_labels(hid_t file, const std::string& path, const std::string& wanted, GlobalIndex rows) {
  std::vector<std::string> names = columns_beside_map(path, rows);
  std::erase_if(names, [&](const std::string& name) { return !Judge(file, name, rows).is_label(); });
  if (!wanted.empty()) {
    const std::string name = wanted.front() == '/' ? wanted.substr(1) : wanted;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(fmt::format("'{}' has no labels '{}', a 1-D dataset of {} numbers or strings; it has {}", path,
                              wanted, rows, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))),
                  ExitCode::bad_input);
    }
    return name;
  }
  std::erase_if(names, [](const std::string& name) { return name == "row_names" || name.starts_with("quality/"); });
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : names) {
    const Kind kind = Judge(file, name, rows).kind();
    if (kind != Kind::unsuitable) {
      const auto usual = static_cast<std::size_t>(std::find(usual_names.begin(), usual_names.end(), lower(name)) -
                                                  usual_names.begin());
      ranked.emplace_back(usual < usual_names.size() ? usual : usual_names.size() + static_cast<std::size_t>(kind),
                          name);
    }
  }
  // The first in the file's order among equals.
  const auto best =
      std::min_element(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return best == ranked.end() ? std::string() : best->second;
}

}  // namespace distsne
