/// MATLAB's files from version 5 to 7.2, also as Octave and scipy write them. Read here and not by matio: that brings
/// the serial HDF5 library into a process that has the parallel one, whose functions have the same names.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "distsne/base/error.hpp"
#include "io/format.hpp"
#include "io/matlab_elements.hpp"
#include "io/sparse_lists.hpp"

namespace distsne {
namespace {

using Kind = MatlabVariable::Kind;

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

bool takes(const FileHead& head) { return !head.gzip && is_matlab5(head.bytes); }

bool is_matrix(const MatlabVariable& variable) {
  return (variable.kind == Kind::numbers || variable.kind == Kind::sparse) && !variable.complex &&
         variable.dimensions.size() == 2 && variable.dimensions[0] > 1 && variable.dimensions[1] > 1;
}

/// The names of a file's matrices, and the one that is wanted.
std::optional<MatlabVariable> find(const MatlabFile& file, const std::string& name, std::vector<std::string>& all) {
  std::string wanted = name.substr(name.starts_with('/') ? 1 : 0);
  std::replace(wanted.begin(), wanted.end(), '/', '.');
  std::optional<MatlabVariable> found;
  file.for_variables([&](const MatlabVariable& variable) {
    if (is_matrix(variable)) {
      all.push_back(variable.name);
      if (wanted.empty() || variable.name == wanted) {
        found = variable;
      }
    }
  });
  return found;
}

InputDescription describe(const InputOptions& options) {
  std::vector<std::string> names;
  const std::optional<MatlabVariable> found = find(MatlabFile(options.path), options.dataset, names);
  if (names.empty()) {
    throw bad_input(
        fmt::format("'{}' is a MATLAB file without a matrix of numbers of several rows and columns", options.path));
  }
  if (!found || (options.dataset.empty() && names.size() > 1)) {
    throw bad_input(
        fmt::format("'{}' is a MATLAB file {}: choose one of {} with {}", options.path,
                    options.dataset.empty() ? "with several matrices" : "without a matrix '" + options.dataset + "'",
                    fmt::join(names, ", "), options.dataset_option));
  }
  InputDescription input;
  input.path = options.path;
  input.dataset = found->name;
  input.format = "MATLAB 5";
  input.rows = found->dimensions[0];
  input.columns = found->dimensions[1];
  if (found->kind == Kind::sparse) {
    input.layout = Layout::sparse_columns;
    input.entries = found->values.length;
    return options.transpose ? transposed(input) : input;
  }
  BinaryLayout layout;
  layout.type = found->values.type;
  layout.offset = found->values.offset;
  layout.row_step = layout.type.size;
  layout.column_step = layout.type.size * static_cast<std::uint64_t>(input.rows);
  describe_layout(input, layout, options.transpose);
  return input;
}

MatlabVariable variable_of(const InputDescription& input) {
  std::vector<std::string> names;
  const std::optional<MatlabVariable> found = find(MatlabFile(input.path), input.dataset, names);
  if (!found) {
    throw bad_input(fmt::format("'{}' has changed: it has no matrix '{}' any more", input.path, input.dataset));
  }
  return *found;
}

std::unique_ptr<BinaryList> list_of(const MatlabFile& file, const MatlabVariable& variable,
                                    const MatlabNumbers& numbers) {
  BinaryLayout layout;
  layout.type = numbers.type;
  layout.offset = numbers.offset;
  layout.row_step = layout.column_step = numbers.type.size;
  return std::make_unique<BinaryList>(file.bytes_of(variable), layout, numbers.length);
}

/// Lists beside the matrix, in the workspace or in the same structure, with an entry for each row.
void annotations_of(const InputDescription& input, const std::function<void(const RowAnnotation&)>& take) {
  const MatlabFile file(input.path);
  const std::string group = input.dataset.substr(0, input.dataset.rfind('.') + 1);
  std::vector<MatlabVariable> lists;
  file.for_variables([&](const MatlabVariable& variable) {
    if (variable.name.starts_with(group) && variable.name.find('.', group.size()) == std::string::npos &&
        variable.name != input.dataset && variable.length() == input.rows && !variable.complex) {
      lists.push_back(variable);
    }
  });
  for (const MatlabVariable& variable : lists) {
    RowAnnotation annotation;
    annotation.name = variable.name.substr(group.size());
    if (variable.kind == Kind::cells || variable.kind == Kind::characters) {
      std::vector<std::string> words = file.words_of(variable);
      if (std::ssize(words) != input.rows) {
        continue;
      }
      annotation.values = std::move(words);
    } else if (variable.kind == Kind::numbers || variable.kind == Kind::truths) {
      const std::unique_ptr<BinaryList> list = list_of(file, variable, variable.values);
      if (variable.integers && variable.values.type.signed_integers()) {
        std::vector<std::int64_t> values(static_cast<std::size_t>(input.rows));
        list->read(0, std::span(values));
        annotation.values = std::move(values);
      } else {
        std::vector<double> values(static_cast<std::size_t>(input.rows));
        list->read(0, std::span(values));
        annotation.values = std::move(values);
      }
    } else {
      continue;
    }
    take(annotation);
  }
}

class DenseMatlab : public BinarySource {
 public:
  explicit DenseMatlab(const InputDescription& input)
      : BinarySource(input, MatlabFile(input.path).bytes_of(variable_of(input)), layout_of(input.state)) {}
  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    annotations_of(input_, take);
  }
};

class SparseMatlab : public ListSource {
 public:
  explicit SparseMatlab(const InputDescription& input) : ListSource(input) {}
  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    annotations_of(input_, take);
  }

 protected:
  [[nodiscard]] OpenLists open_lists() const override {
    const MatlabFile file(input_.path);
    const MatlabVariable matrix = variable_of(input_);
    return {fmt::format("'{}', sparse matrix '{}'", input_.path, input_.dataset), list_of(file, matrix, matrix.values),
            list_of(file, matrix, matrix.rows), list_of(file, matrix, matrix.begins)};
  }
};

std::unique_ptr<RowSource> open(const InputDescription& input) {
  if (input.sparse()) {
    return std::make_unique<SparseMatlab>(input);
  }
  return std::make_unique<DenseMatlab>(input);
}

}  // namespace

const Format matlab5{"MATLAB 5", takes, describe, open};

}  // namespace distsne
