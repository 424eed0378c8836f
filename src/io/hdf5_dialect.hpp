/// How programs lay out what they know in HDF5 files.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5_tree.hpp"
#include "io/source.hpp"

namespace distsne {

using TakeAnnotation = std::function<void(const RowAnnotation&)>;

/// A program's way. `state` of the descriptions is its own.
struct Hdf5Dialect {
  std::string_view name;  ///< as in InputDescription::format
  bool (*speaks)(const Hdf5Tree& tree);
  /// Chooses the matrix, or looks at the one that is named.
  InputDescription (*describe)(const Hdf5Tree& tree, const InputOptions& options);
  void (*annotations)(const Hdf5Tree& tree, const InputDescription& input, const TakeAnnotation& take);
  std::vector<std::string> (*column_names)(const Hdf5Tree& tree, const InputDescription& input);
};

extern const Hdf5Dialect plain_hdf5;
extern const Hdf5Dialect anndata;
extern const Hdf5Dialect tenx;
extern const Hdf5Dialect loom;
extern const Hdf5Dialect matlab;
extern const Hdf5Dialect cytolib;

/// A matrix of that name, dense or sparse: its shape and how it lies there. Throws Error (bad input) when it is none,
/// and says what can be chosen in its place.
[[nodiscard]] InputDescription describe_matrix(const Hdf5Tree& tree, const InputOptions& options,
                                               const std::string& name, const std::vector<std::string>& choices);
/// A group that holds the parts of a sparse matrix, as scipy, 10x Genomics or MATLAB name them.
[[nodiscard]] bool is_sparse_matrix(const Hdf5Tree& tree, const std::string& name);

/// All lists of a group with an entry for each row; names in `left_out` are passed over.
void annotations_in(const Hdf5Tree& tree, const std::string& group, GlobalIndex rows,
                    std::span<const std::string> left_out, const TakeAnnotation& take);

}  // namespace distsne
