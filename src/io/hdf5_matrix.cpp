/// Finding out how a matrix lies in an HDF5 file, dense or sparse.
#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_dialect.hpp"

namespace distsne {
namespace {

/// Rows and columns of a sparse matrix; whether its lines are its rows.
struct SparseShape {
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;
  bool by_rows = true;
};

SparseShape shape_of(const Hdf5Tree& tree, const std::string& name) {
  const auto damaged = [&](const char* what) {
    return Error(fmt::format("'{}', sparse matrix '{}': {}", tree.path(), name, what), ExitCode::bad_input);
  };
  SparseShape shape;
  if (tree.has_attribute(name, "MATLAB_sparse")) {
    const std::vector<std::int64_t> rows = tree.integers_attribute(name, "MATLAB_sparse");
    if (rows.size() != 1 || tree.extent(name + "/jc").size() != 1) {
      throw damaged("its number of rows is missing");
    }
    shape.rows = rows.front();
    shape.columns = static_cast<GlobalIndex>(tree.extent(name + "/jc").front()) - 1;
    shape.by_rows = false;
    return shape;
  }
  std::string encoding = tree.text_attribute(name, "encoding-type");
  if (encoding.empty()) {
    encoding = tree.text_attribute(name, "h5sparse_format");
  }
  std::vector<std::int64_t> extent = tree.integers_attribute(name, "shape");
  if (extent.size() != 2) {
    extent = tree.integers_attribute(name, "h5sparse_shape");
  }
  if (extent.size() != 2 && tree.is_dataset(name + "/shape")) {
    extent = tree.integers(name + "/shape");
  }
  if (extent.size() != 2) {
    throw damaged("its shape is missing");
  }
  shape.rows = extent[0];
  shape.columns = extent[1];
  const std::vector<hsize_t> lines = tree.extent(name + "/indptr");
  const GlobalIndex count = lines.size() == 1 ? static_cast<GlobalIndex>(lines[0]) - 1 : -1;
  // Files without a word about it, as of 10x Genomics, have columns.
  shape.by_rows = encoding.starts_with("csr");
  if (count != (shape.by_rows ? shape.rows : shape.columns)) {
    throw damaged("its 'indptr' does not fit its shape; the file is damaged");
  }
  return shape;
}

}  // namespace

bool is_sparse_matrix(const Hdf5Tree& tree, const std::string& name) {
  return tree.is_dataset(name + "/data") &&
         ((tree.is_dataset(name + "/indices") && tree.is_dataset(name + "/indptr")) ||
          (tree.is_dataset(name + "/ir") && tree.is_dataset(name + "/jc")));
}

InputDescription describe_matrix(const Hdf5Tree& tree, const InputOptions& options, const std::string& name,
                                 const std::vector<std::string>& choices) {
  if (!is_sparse_matrix(tree, name)) {
    if (!tree.is_dataset(name) && !choices.empty()) {
      throw Error(fmt::format("'{}' has no matrix '{}'; choose one of {} with {}", options.path, name,
                              fmt::join(choices, ", "), options.dataset_option),
                  ExitCode::bad_input);
    }
    return find_dataset({options.path, name, options.dataset_option});
  }
  const SparseShape shape = shape_of(tree, name);
  InputDescription input;
  input.path = options.path;
  input.dataset = name;
  input.rows = shape.rows;
  input.columns = shape.columns;
  const std::vector<hsize_t> values = tree.extent(name + "/data");
  input.entries = values.size() == 1 ? static_cast<GlobalIndex>(values[0]) : 0;
  input.layout = shape.by_rows ? Layout::sparse_rows : Layout::sparse_columns;
  return input;
}

void annotations_in(const Hdf5Tree& tree, const std::string& group, GlobalIndex rows,
                    std::span<const std::string> left_out, const TakeAnnotation& take) {
  for (const std::string& name : tree.children(group)) {
    if (std::find(left_out.begin(), left_out.end(), name) == left_out.end()) {
      if (const auto annotation = tree.annotation(group + "/" + name, name, rows)) {
        take(*annotation);
      }
    }
  }
}

}  // namespace distsne
