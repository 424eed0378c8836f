/// The layouts of 10x Genomics, loom and cytolib, which all store what is measured by rows and cells by columns.
#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/hdf5_records.hpp"

namespace distsne {
namespace {

// ---- 10x Genomics: a sparse matrix of features x barcodes in a group, of version 2 one group for each genome

std::vector<std::string> count_groups(const Hdf5Tree& tree) {
  std::vector<std::string> groups;
  for (const std::string& name : tree.children("")) {
    const std::string group = "/" + name;
    if (tree.is_dataset(group + "/barcodes") && tree.is_dataset(group + "/shape") && is_sparse_matrix(tree, group)) {
      groups.push_back(group);
    }
  }
  return groups;
}

bool is_tenx(const Hdf5Tree& tree) { return !count_groups(tree).empty(); }

InputDescription describe_tenx(const Hdf5Tree& tree, const InputOptions& options) {
  std::vector<std::string> groups = count_groups(tree);
  std::string group = options.dataset;
  if (group.empty()) {
    if (groups.size() > 1) {
      throw Error(fmt::format("'{}' has counts of several genomes: choose one of {} with {}", options.path,
                              fmt::join(groups, ", "), options.dataset_option),
                  ExitCode::bad_input);
    }
    group = groups.front();
  }
  if (!group.starts_with('/')) {
    group = "/" + group;
  }
  InputDescription input = transposed(describe_matrix(tree, options, group, groups));
  input.usual = usual_for_counts;
  return input;
}

void tenx_annotations(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take) {
  if (const auto names = tree.annotation(input.dataset + "/barcodes", row_names, input.rows)) {
    take(*names);
  }
}

std::vector<std::string> tenx_columns(const Hdf5Tree& tree, const InputDescription& input) {
  for (const char* name : {"/features/name", "/gene_names"}) {
    if (tree.is_dataset(input.dataset + name)) {
      return tree.texts(input.dataset + name);
    }
  }
  return {};
}

// ---- loom: /matrix of genes x cells, lists about the cells in /col_attrs

bool is_loom(const Hdf5Tree& tree) {
  return tree.is_dataset("/matrix") && tree.is_group("/row_attrs") && tree.is_group("/col_attrs");
}

InputDescription describe_loom(const Hdf5Tree& tree, const InputOptions& options) {
  InputOptions chosen = options;
  std::vector<std::string> choices{"/matrix"};
  for (const std::string& name : tree.children("/layers")) {
    choices.push_back("/layers/" + name);
  }
  if (chosen.dataset.empty()) {
    chosen.dataset = "/matrix";
  }
  InputDescription input = transposed(describe_matrix(tree, options, chosen.dataset, choices));
  return input;
}

void loom_annotations(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take) {
  const bool has_names = tree.is_dataset("/col_attrs/CellID");
  annotations_in(tree, "/col_attrs", input.rows, {}, [&](const RowAnnotation& found) {
    RowAnnotation renamed = found;
    if (has_names && renamed.name == "CellID") {
      renamed.name = row_names;
    }
    take(renamed);
  });
}

std::vector<std::string> loom_columns(const Hdf5Tree& tree, const InputDescription& /*input*/) {
  for (const char* name : {"/row_attrs/Gene", "/row_attrs/Accession"}) {
    if (tree.is_dataset(name)) {
      return tree.texts(name);
    }
  }
  return {};
}

// ---- cytolib (flowWorkspace): /data of channels x events, records about the channels in /params

bool is_cytolib(const Hdf5Tree& tree) {
  return tree.is_matrix("/data") && tree.is_dataset("/params") && tree.type_class("/params") == H5T_COMPOUND &&
         tree.extent("/params").size() == 1 && tree.extent("/params")[0] == tree.extent("/data")[0];
}

InputDescription describe_cytolib(const Hdf5Tree& tree, const InputOptions& options) {
  InputDescription input =
      transposed(describe_matrix(tree, options, options.dataset.empty() ? "/data" : options.dataset, {"/data"}));
  input.usual = usual_for_cytometry;
  return input;
}

void no_annotations(const Hdf5Tree& /*tree*/, const InputDescription& /*input*/, const TakeAnnotation& /*take*/) {}

std::vector<std::string> cytolib_columns(const Hdf5Tree& tree, const InputDescription& input) {
  std::vector<std::string> names;
  for_record_fields(tree, "/params", input.columns, [&](RowAnnotation&& field) {
    const auto* words = std::get_if<std::vector<std::string>>(&field.values);
    if (words != nullptr && (field.name == "name" || field.name == "channel")) {
      names = *words;
    }
  });
  return names;
}

}  // namespace

const Hdf5Dialect tenx{"10x Genomics", is_tenx, describe_tenx, tenx_annotations, tenx_columns};
const Hdf5Dialect loom{"loom", is_loom, describe_loom, loom_annotations, loom_columns};
const Hdf5Dialect cytolib{"cytolib", is_cytolib, describe_cytolib, no_annotations, cytolib_columns};

}  // namespace distsne
