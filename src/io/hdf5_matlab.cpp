/// MATLAB's files since 7.3: HDF5 with columns where MATLAB shows rows, and cells of text by reference.
#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/words.hpp"

namespace distsne {
namespace {

/// Groups that hold what MATLAB keeps for itself.
bool is_internal(const std::string& name) { return name.starts_with('#'); }

bool is_matlab(const Hdf5Tree& tree) {
  for (const std::string& name : tree.children("")) {
    if (!is_internal(name) && tree.has_attribute("/" + name, "MATLAB_class")) {
      return true;
    }
  }
  return false;
}

bool is_numeric_class(const std::string& name) {
  return name == "double" || name == "single" || name.starts_with("int") || name.starts_with("uint");
}

/// A matrix of numbers of more than one row and column.
bool is_matrix_variable(const Hdf5Tree& tree, const std::string& name) {
  if (!is_numeric_class(tree.text_attribute(name, "MATLAB_class"))) {
    return false;
  }
  if (is_sparse_matrix(tree, name)) {
    return true;
  }
  return tree.is_matrix(name) && !tree.has_attribute(name, "MATLAB_empty") && tree.extent(name)[0] > 1 &&
         tree.extent(name)[1] > 1;
}

/// Matrices of the workspace and of structures in it.
void collect(const Hdf5Tree& tree, const std::string& group, int depth, std::vector<std::string>& names) {
  constexpr int deepest = 4;
  for (const std::string& child : tree.children(group)) {
    const std::string name = group + "/" + child;
    if (is_internal(child)) {
      continue;
    }
    if (is_matrix_variable(tree, name)) {
      names.push_back(name);
    } else if (tree.is_group(name) && depth < deepest) {
      collect(tree, name, depth + 1, names);
    }
  }
}

InputDescription describe_matlab(const Hdf5Tree& tree, const InputOptions& options) {
  std::vector<std::string> matrices;
  collect(tree, "", 0, matrices);
  std::string name = options.dataset;
  if (name.empty()) {
    if (matrices.size() != 1) {
      throw Error(matrices.empty()
                      ? fmt::format("'{}' is a MATLAB file without a matrix of numbers of several rows and columns",
                                    options.path)
                      : fmt::format("'{}' is a MATLAB file with several matrices: choose one of {} with {}",
                                    options.path, fmt::join(matrices, ", "), options.dataset_option),
                  ExitCode::bad_input);
    }
    name = matrices.front();
  }
  std::replace(name.begin(), name.end(), '.', '/');  // as MATLAB writes parts of structures
  if (!name.starts_with('/')) {
    name = "/" + name;
  }
  InputDescription input = describe_matrix(tree, options, name, matrices);
  return input.sparse() ? input : transposed(input);  // MATLAB's own sparse matrices say how they lie
}

/// The words of a cell array, which holds references to texts of 16-bit characters.
std::optional<RowAnnotation> words_of(const Hdf5Tree& tree, const std::string& name, GlobalIndex rows) {
  const std::string failure = fmt::format("'{}', '{}' cannot be read", tree.path(), name);
  const Hdf5Handle cells = tree.open(name);
  const Hdf5Handle type(H5Dget_type(cells.id()), H5Tclose, failure);
  const Hdf5Handle space(H5Dget_space(cells.id()), H5Sclose, failure);
  if (H5Tequal(type.id(), H5T_STD_REF_OBJ) <= 0 || H5Sget_simple_extent_npoints(space.id()) != rows ||
      !tree.is_written(name)) {
    return std::nullopt;
  }
  std::vector<hobj_ref_t> references(static_cast<std::size_t>(rows));
  check_hdf5(H5Dread(cells.id(), H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references.data()), failure,
             ExitCode::bad_input);
  std::vector<std::string> words;
  for (const hobj_ref_t& reference : references) {
    const Hdf5Handle text(H5Rdereference2(cells.id(), H5P_DEFAULT, H5R_OBJECT, &reference), H5Oclose, failure,
                          ExitCode::bad_input);
    if (H5Iget_type(text.id()) != H5I_DATASET) {
      return std::nullopt;
    }
    const Hdf5Handle letters_type(H5Dget_type(text.id()), H5Tclose, failure);
    const Hdf5Handle letters_space(H5Dget_space(text.id()), H5Sclose, failure);
    const hssize_t count = H5Sget_simple_extent_npoints(letters_space.id());
    if (H5Tget_class(letters_type.id()) != H5T_INTEGER || count < 0 || count > 65536) {
      return std::nullopt;
    }
    std::string word;
    if (H5Tget_size(letters_type.id()) == 2) {  // an empty one holds its shape in place of letters
      std::vector<std::uint16_t> letters(static_cast<std::size_t>(count));
      check_hdf5(H5Dread(text.id(), H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, letters.data()), failure,
                 ExitCode::bad_input);
      for (const std::uint16_t letter : letters) {
        append_utf8(word, letter);
      }
    }
    words.push_back(std::move(word));
  }
  RowAnnotation result;
  result.values = std::move(words);
  return result;
}

void matlab_annotations(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take) {
  const std::string group = input.dataset.substr(0, input.dataset.rfind('/'));
  for (const std::string& child : tree.children(group)) {
    const std::string name = group + "/" + child;
    if (is_internal(child) || name == input.dataset || !tree.is_dataset(name)) {
      continue;
    }
    const std::string kind = tree.text_attribute(name, "MATLAB_class");
    std::optional<RowAnnotation> found = kind == "cell" ? words_of(tree, name, input.rows)
                                         : is_numeric_class(kind) || kind == "logical"
                                             ? tree.annotation(name, child, input.rows)
                                             : std::nullopt;
    if (found) {
      found->name = child;
      take(*found);
    }
  }
}

std::vector<std::string> matlab_columns(const Hdf5Tree& /*tree*/, const InputDescription& /*input*/) { return {}; }

}  // namespace

const Hdf5Dialect matlab{"MATLAB 7.3", is_matlab, describe_matlab, matlab_annotations, matlab_columns};

}  // namespace distsne
