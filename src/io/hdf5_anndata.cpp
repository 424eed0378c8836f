/// AnnData's .h5ad files, in all encodings since version 0.6: tables as records or as groups, categories beside codes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/find_dataset.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/hdf5_records.hpp"

namespace distsne {
namespace {

/// Embeddings of fewer columns are maps already.
constexpr GlobalIndex least_columns = 4;

bool is_cells(const Hdf5Tree& tree, const std::string& group) {
  const auto table = [&](const char* name) {
    return tree.is_group(group + name) ||
           (tree.is_dataset(group + name) && tree.type_class(group + name) == H5T_COMPOUND);
  };
  return table("/obs") && table("/var");
}

/// Groups that hold cells: the root, or several of them where modalities lie in one file.
std::vector<std::string> cells_in(const Hdf5Tree& tree) {
  std::vector<std::string> groups;
  for (const char* parent : {"/mod", "/tables", ""}) {
    for (const std::string& name : tree.children(parent)) {
      if (const std::string group = std::string(parent) + "/" + name; is_cells(tree, group)) {
        groups.push_back(group);
      }
    }
  }
  return groups;
}

bool speaks(const Hdf5Tree& tree) {
  return tree.text_attribute("", "encoding-type") == "anndata" || is_cells(tree, "") || !cells_in(tree).empty();
}

bool is_any_matrix(const Hdf5Tree& tree, const std::string& name) {
  return tree.is_matrix(name) || is_sparse_matrix(tree, name);
}

/// Everything that can be chosen.
std::vector<std::string> choices_in(const Hdf5Tree& tree, const std::string& group) {
  std::vector<std::string> names;
  const std::string shown = group.empty() ? "" : group.substr(1) + "/";
  for (const char* one : {"X", "raw/X"}) {
    if (is_any_matrix(tree, group + "/" + one)) {
      names.push_back(shown + one);
    }
  }
  for (const std::string parent : {"layers", "obsm"}) {
    for (const std::string& name : tree.children(group + "/" + parent)) {
      if (is_any_matrix(tree, group + "/" + parent + "/" + name)) {
        names.push_back(shown + parent + "/" + name);
      }
    }
  }
  return names;
}

/// The group of the cells that a matrix belongs to.
std::string group_of(const Hdf5Tree& tree, const std::string& dataset) {
  std::string group = dataset;
  while (!group.empty() && !is_cells(tree, group)) {
    group.resize(group.rfind('/'));
  }
  return group;
}

std::string named(const Hdf5Tree& tree, const std::string& group, const InputOptions& options) {
  std::string wanted = options.dataset;
  while (wanted.starts_with('/')) {
    wanted.erase(0, 1);
  }
  for (const char* parent : {"/", "/obsm/", "/layers/"}) {
    if (is_any_matrix(tree, group + parent + wanted)) {
      return group + parent + wanted;
    }
  }
  return "/" + wanted;
}

InputDescription describe(const Hdf5Tree& tree, const InputOptions& options) {
  const std::vector<std::string> inner = is_cells(tree, "") ? std::vector<std::string>() : cells_in(tree);
  std::string group = inner.size() == 1 ? inner.front() : "";
  std::vector<std::string> choices = choices_in(tree, group);
  for (const std::string& one : inner) {
    if (one != group) {
      const std::vector<std::string> more = choices_in(tree, one);
      choices.insert(choices.end(), more.begin(), more.end());
    }
  }
  InputDescription input;
  if (!options.dataset.empty()) {
    input = describe_matrix(tree, options, named(tree, group, options), choices);
    input.state = group_of(tree, input.dataset);
    return input;
  }
  const std::string components = group + "/obsm/X_pca";
  const std::string all = group + "/X";
  const bool reduced = tree.is_matrix(components) && tree.extent(components)[1] >= least_columns;
  if (!reduced && !is_any_matrix(tree, all)) {
    throw Error(fmt::format("'{}' is an AnnData file without {}: {}", options.path,
                            inner.size() > 1 ? "one X for all its rows" : "X",
                            choices.empty() ? std::string("it has no matrix to embed")
                                            : fmt::format("choose one of {} with {}", fmt::join(choices, ", "),
                                                          options.dataset_option)),
                ExitCode::bad_input);
  }
  input = describe_matrix(tree, options, reduced ? components : all, choices);
  input.state = group;
  std::erase(choices, input.dataset.substr(1));
  input.note = choices.empty() ? std::string()
                               : fmt::format("{} of {}, which has {} too", input.dataset.substr(1), options.path,
                                             fmt::join(choices, ", "));
  return input;
}

/// The words of categories, one for each code; -1 stands for a missing one.
void set_words(RowAnnotation& result, const std::vector<std::int64_t>& codes, const std::string& place) {
  std::vector<std::string> words(codes.size());
  const auto count = static_cast<std::int64_t>(result.categories.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < -1 || codes[i] >= count) {
      throw Error(fmt::format("{}: row {} has category {} of {}; the file is damaged", place, i, codes[i], count),
                  ExitCode::bad_input);
    }
    words[i] = codes[i] < 0 ? std::string() : result.categories[static_cast<std::size_t>(codes[i])];
  }
  result.values = std::move(words);
}

/// A column that says which of its values are missing.
std::optional<RowAnnotation> masked(const Hdf5Tree& tree, const std::string& column, const std::string& name,
                                    GlobalIndex rows) {
  std::optional<RowAnnotation> result = tree.annotation(column + "/values", name, rows);
  if (!result || !tree.is_dataset(column + "/mask")) {
    return result;
  }
  const std::vector<std::string> mask = tree.texts(column + "/mask");
  if (static_cast<GlobalIndex>(mask.size()) != rows) {
    return std::nullopt;
  }
  const auto missing = [&](std::size_t i) { return mask[i] == "True" || mask[i] == "1"; };
  if (auto* words = std::get_if<std::vector<std::string>>(&result->values)) {
    for (std::size_t i = 0; i < words->size(); ++i) {
      (*words)[i] = missing(i) ? std::string() : (*words)[i];
    }
    return result;
  }
  std::vector<double> numbers = tree.numbers(column + "/values");
  bool any = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (missing(i)) {
      numbers[i] = std::numeric_limits<double>::quiet_NaN();
      any = true;
    }
  }
  if (any) {
    result->values = std::move(numbers);
  }
  return result;
}

std::optional<RowAnnotation> column_of(const Hdf5Tree& tree, const std::string& table, const std::string& name,
                                       GlobalIndex rows) {
  const std::string column = table + "/" + name;
  if (tree.is_group(column)) {
    if (!tree.is_dataset(column + "/codes") || !tree.is_dataset(column + "/categories")) {
      return masked(tree, column, name, rows);
    }
    RowAnnotation result;
    result.name = name;
    result.categories = tree.texts(column + "/categories");
    const std::vector<std::int64_t> codes = tree.integers(column + "/codes");
    if (static_cast<GlobalIndex>(codes.size()) != rows) {
      return std::nullopt;
    }
    set_words(result, codes, fmt::format("'{}', '{}'", tree.path(), column));
    return result;
  }
  std::optional<RowAnnotation> result = tree.annotation(column, name, rows);
  if (!result) {
    return result;
  }
  std::string categories = tree.reference_attribute(column, "categories");
  if (categories.empty() && tree.is_dataset(table + "/__categories/" + name)) {
    categories = table + "/__categories/" + name;
  }
  if (!categories.empty() && tree.is_dataset(categories) && tree.type_class(column) == H5T_INTEGER) {
    result->categories = tree.texts(categories);
    set_words(*result, tree.integers(column), fmt::format("'{}', '{}'", tree.path(), column));
  }
  return result;
}

/// What scanpy keeps beside a column: its colors, and in old files its words.
void add_unstructured(const Hdf5Tree& tree, const std::string& group, RowAnnotation& column) {
  const std::string words = group + "/uns/" + column.name + "_categories";
  const auto* codes = std::get_if<std::vector<std::int64_t>>(&column.values);
  if (codes != nullptr && tree.is_dataset(words)) {
    column.categories = tree.texts(words);
    set_words(column, std::vector<std::int64_t>(*codes), fmt::format("'{}', '{}'", tree.path(), words));
  }
  const std::string colors = group + "/uns/" + column.name + "_colors";
  if (!column.categories.empty() && tree.is_dataset(colors) && tree.type_class(colors) == H5T_STRING) {
    column.colors = tree.texts(colors);
    if (column.colors.size() < column.categories.size()) {
      column.colors.clear();
    } else {
      column.colors.resize(column.categories.size());
    }
  }
}

/// The column of a table that names its rows.
std::string index_of(const Hdf5Tree& tree, const std::string& table) {
  const std::string named = tree.text_attribute(table, "_index");
  for (const std::string& name : {named, std::string("_index"), std::string("index")}) {
    if (!name.empty() && tree.is_dataset(table + "/" + name)) {
      return name;
    }
  }
  return {};
}

void annotations(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take) {
  const std::string& group = input.state;
  const std::string table = group + "/obs";
  const auto give = [&](RowAnnotation&& column, bool is_index) {
    if (is_index) {
      column.name = row_names;
    } else {
      add_unstructured(tree, group, column);
    }
    take(column);
  };
  if (tree.is_dataset(table)) {
    for_record_fields(tree, table, input.rows, [&](RowAnnotation&& field) {
      const bool is_index = field.name == "index" || field.name == "_index";
      give(std::move(field), is_index);
    });
    return;
  }
  const std::string index = index_of(tree, table);
  for (const std::string& name : tree.children(table)) {
    if (name == "__categories") {
      continue;
    }
    if (auto column = column_of(tree, table, name, input.rows)) {
      give(std::move(*column), name == index);
    }
  }
}

std::vector<std::string> column_names(const Hdf5Tree& tree, const InputDescription& input) {
  const std::string place = input.dataset.substr(input.state.size());
  if (place.starts_with("/obsm/")) {
    return {};
  }
  const std::string table = input.state + (place.starts_with("/raw/") ? "/raw/var" : "/var");
  if (tree.is_dataset(table)) {
    std::vector<std::string> names;
    for_record_fields(tree, table, input.columns, [&](RowAnnotation&& field) {
      const auto* words = std::get_if<std::vector<std::string>>(&field.values);
      if (words != nullptr && (field.name == "index" || field.name == "_index")) {
        names = *words;
      }
    });
    return names;
  }
  const std::string index = index_of(tree, table);
  return index.empty() ? std::vector<std::string>() : tree.texts(table + "/" + index);
}

}  // namespace

const Hdf5Dialect anndata{"AnnData", speaks, describe, annotations, column_names};

}  // namespace distsne
