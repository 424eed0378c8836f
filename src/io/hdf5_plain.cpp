/// HDF5 files without a layout of a program's own: a matrix, and lists beside it.
#include "io/find_dataset.hpp"
#include "io/hdf5_dialect.hpp"

namespace distsne {
namespace {

bool speaks(const Hdf5Tree& /*tree*/) { return true; }

InputDescription describe(const Hdf5Tree& tree, const InputOptions& options) {
  if (!options.dataset.empty() && is_sparse_matrix(tree, options.dataset)) {
    return describe_matrix(tree, options, options.dataset, {});
  }
  return find_dataset(options);
}

void annotations(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take) {
  annotations_in(tree, input.dataset.substr(0, input.dataset.rfind('/')), input.rows, {}, take);
}

std::vector<std::string> column_names(const Hdf5Tree& /*tree*/, const InputDescription& /*input*/) { return {}; }

}  // namespace

const Hdf5Dialect plain_hdf5{"HDF5", speaks, describe, annotations, column_names};

}  // namespace distsne
