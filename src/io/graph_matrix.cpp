/// Finding the matrix of neighbors in a file: where AnnData keeps it, or the only one there is.
#include "io/graph_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/hdf5_filters.hpp"

namespace distsne {
namespace {

/// Where scanpy puts neighbors since AnnData 0.7 and before.
constexpr const char* parents[] = {"/obsp", "/uns/neighbors"};
constexpr std::string_view distances_name = "distances";
constexpr std::string_view affinities_name = "connectivities";

Error bad(const std::string& message) { return Error(message, ExitCode::bad_input); }

bool is_square(const Hdf5Tree& tree, const std::string& name) {
  if (!is_sparse_matrix(tree, name)) {
    return false;
  }
  try {
    const InputDescription input = describe_matrix(tree, {tree.path(), name}, name, {});
    return input.rows == input.columns;
  } catch (const Error&) {  // another group with such names
    return false;
  }
}

/// Adds the square sparse matrices below a group.
void collect(const Hdf5Tree& tree, const std::string& group, int depth, std::vector<std::string>& names) {
  constexpr int deepest = 4;
  if (is_square(tree, group)) {
    names.push_back(group.empty() ? "/" : group);
    return;
  }
  if (depth == deepest) {
    return;
  }
  for (const std::string& child : tree.children(group)) {
    if (!child.starts_with('#') && tree.is_group(group + "/" + child)) {
      collect(tree, group + "/" + child, depth + 1, names);
    }
  }
}

/// The name of the matrix in an HDF5 file.
std::string choose(const Hdf5Tree& tree, const InputOptions& file, GraphUse use) {
  const std::string_view usual = use == GraphUse::affinities ? affinities_name : distances_name;
  std::vector<std::string> names;
  for (const std::string parent : parents) {
    const std::string name = parent + "/" + std::string(usual);
    if (is_sparse_matrix(tree, name)) {
      return name;
    }
    collect(tree, parent, 0, names);
  }
  const bool of_cells = tree.is_group("/obs") || tree.is_dataset("/obs");
  if (!of_cells && names.empty()) {
    collect(tree, "", 0, names);
    if (names.size() == 1) {
      return names.front();
    }
  }
  throw bad(
      names.empty()
          ? fmt::format("'{}' has neither neighbors in {} nor a square sparse matrix{}", file.path, "/indices",
                        of_cells ? ": scanpy.pp.neighbors puts one into obsp/distances and obsp/connectivities" : "")
          : fmt::format("'{}' has {}: choose one of {} with {}", file.path,
                        of_cells ? fmt::format("no '{}/{}'", parents[0], usual) : "several square sparse matrices",
                        fmt::join(names, ", "), file.dataset_option));
}

/// Throws Error where the matrix that is named is not there.
void require_named(const Hdf5Tree& tree, const InputOptions& file) {
  const std::string name = (file.dataset.starts_with('/') ? "" : "/") + file.dataset;
  if (!is_sparse_matrix(tree, name == "/" ? "" : name) && !tree.is_dataset(name)) {
    std::vector<std::string> names;
    collect(tree, "", 0, names);
    throw bad(fmt::format(
        "'{}' has no matrix '{}'{}", file.path, name,
        names.empty() ? std::string()
                      : fmt::format("; choose one of {} with {}", fmt::join(names, ", "), file.dataset_option)));
  }
}

/// Throws Error where the name of a matrix says that it is for the other use.
void require_meant(const InputDescription& input, GraphUse use) {
  const std::string name = input.dataset.substr(input.dataset.rfind('/') + 1);
  if (use != GraphUse::affinities && name.ends_with(affinities_name)) {
    throw bad(fmt::format("'{}', dataset '{}' holds affinities, not distances: add --affinity given", input.path,
                          input.dataset));
  }
  if (use == GraphUse::affinities && name.ends_with(distances_name)) {
    throw bad(fmt::format("'{}', dataset '{}' holds distances, not affinities: leave out --affinity given", input.path,
                          input.dataset));
  }
}

}  // namespace

bool has_neighbor_lists(const std::string& path) {
  if (!is_hdf5({path, {}})) {
    return false;
  }
  const Hdf5Tree tree(path);
  return tree.is_dataset("/indices") && !is_sparse_matrix(tree, "");
}

InputDescription find_graph_matrix(const InputOptions& file, GraphUse use) {
  InputOptions options = file;
  const bool hdf5 = is_hdf5({file.path, {}});
  if (hdf5 && file.dataset.empty()) {
    options.dataset = choose(Hdf5Tree(file.path), file, use);
  }
  if (hdf5 && !file.dataset.empty()) {
    require_named(Hdf5Tree(file.path), file);
  }
  InputDescription input;
  if (hdf5 && options.dataset == "/") {
    input = describe_matrix(Hdf5Tree(file.path), options, "", {});
  } else {
    input = describe_file(options);
  }
  const std::string place = fmt::format("'{}', dataset '{}'", input.path, input.dataset);
  if (!input.sparse()) {
    throw bad(fmt::format("{} is dense: a square sparse matrix, such as scipy.sparse.csr_matrix, is wanted of --graph",
                          place));
  }
  if (input.rows != input.columns) {
    throw bad(
        fmt::format("{} is {} x {}: --graph wants a square matrix, with a row and a column for each row of the "
                    "data",
                    place, input.rows, input.columns));
  }
  require_meant(input, use);
  if (hdf5 && input.layout == Layout::sparse_columns) {
    const Hdf5Tree tree(input.path);
    const auto silent = [&](const char* name) { return !tree.has_attribute(input.dataset, name); };
    if (silent("encoding-type") && silent("h5sparse_format") && silent("MATLAB_sparse")) {
      input.layout = Layout::sparse_rows;  // scipy's usual way, of files that say nothing about it
    }
  }
  return input;
}

}  // namespace distsne
