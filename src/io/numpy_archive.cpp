/// NumPy's .npz archives, also with the sparse matrices of scipy.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "distsne/base/error.hpp"
#include "io/format.hpp"
#include "io/numpy.hpp"
#include "io/sparse_lists.hpp"
#include "io/words.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

bool is_npz(const FileHead& head) {
  if (head.gzip || !head.bytes.starts_with("PK\x03\x04")) {
    return false;
  }
  const std::vector<std::string> names = names_in_zip(head.path);
  return !names.empty() &&
         std::all_of(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".npy"); });
}

std::string place_in(const std::string& path, const std::string& name) {
  return fmt::format("'{}', array '{}'", path, name);
}

struct Member {
  std::unique_ptr<Bytes> bytes;
  NumpyArray array;
};

Member member_of(const std::string& path, const std::string& name) {
  Member member;
  member.bytes = open_in_zip(path, name + ".npy");
  member.array = array_in(*member.bytes, place_in(path, name));
  return member;
}

std::unique_ptr<BinaryList> list_of(const std::string& path, const std::string& name) {
  Member member = member_of(path, name);
  const BinaryLayout layout = layout_of_array(member.array, *member.bytes, place_in(path, name));
  if (member.array.shape.size() != 1) {
    throw bad_input(fmt::format("{} is not a list; the file is damaged", place_in(path, name)));
  }
  return std::make_unique<BinaryList>(std::move(member.bytes), layout, member.array.shape[0]);
}

/// A text that NumPy keeps as an array without dimensions, of bytes or of 32-bit characters.
std::string text_in(const std::string& path, const std::string& name) {
  const Member member = member_of(path, name);
  const std::string raw =
      member.bytes->text(member.array.offset, static_cast<std::size_t>(member.bytes->size() - member.array.offset));
  std::string text;
  std::copy_if(raw.begin(), raw.end(), std::back_inserter(text), [](char c) { return c != '\0'; });
  return text;
}

std::vector<std::string> arrays_in(const std::string& path) {
  std::vector<std::string> names = names_in_zip(path);
  for (std::string& name : names) {
    name.resize(name.size() - 4);
  }
  return names;
}

InputDescription describe_npz(const InputOptions& options) {
  const std::vector<std::string> names = arrays_in(options.path);
  const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (has("format") && has("shape") && has("data")) {
    const std::string kind = text_in(options.path, "format");
    if (kind != "csr" && kind != "csc") {
      throw bad_input(
          fmt::format("'{}' holds a sparse matrix of scipy's kind '{}': save it as "
                      "scipy.sparse.save_npz(file, x.tocsr())",
                      options.path, kind));
    }
    std::vector<std::int64_t> shape(2);
    const std::unique_ptr<BinaryList> extents = list_of(options.path, "shape");
    if (extents->length() != 2) {
      throw bad_input(fmt::format("'{}': the sparse matrix has no shape; the file is damaged", options.path));
    }
    extents->read(0, std::span(shape));
    InputDescription input;
    input.path = options.path;
    input.rows = shape[0];
    input.columns = shape[1];
    input.layout = kind == "csr" ? Layout::sparse_rows : Layout::sparse_columns;
    input.format = "NumPy archive";
    input.entries = list_of(options.path, "data")->length();
    if (shape[0] < 0 || shape[1] < 0) {
      throw bad_input(
          fmt::format("'{}': the sparse matrix is {} x {}; the file is damaged", options.path, shape[0], shape[1]));
    }
    return options.transpose ? transposed(input) : input;
  }
  std::vector<std::string> matrices;
  std::vector<std::string> described;
  for (const std::string& name : names) {
    const NumpyArray array = member_of(options.path, name).array;
    if (array.shape.size() == 2 && number_type(array.type).known()) {
      matrices.push_back(name);
    }
    described.push_back(
        fmt::format("{}: {}, type {}", name, array.shape.empty() ? "a value" : shape_text(array), array.type));
  }
  std::string name = options.dataset;
  if (name.empty() ? matrices.size() != 1 : !has(name.c_str())) {
    throw bad_input(
        matrices.empty()
            ? fmt::format("'{}' has no 2-D array of numbers; it has {}", options.path, fmt::join(described, ", "))
            : fmt::format("'{}' {}: choose one of {} with {}", options.path,
                          name.empty() ? "has several 2-D arrays" : "has no array '" + name + "'",
                          fmt::join(matrices, ", "), options.dataset_option));
  }
  name = name.empty() ? matrices.front() : name;
  const Member member = member_of(options.path, name);
  InputDescription input = describe_array(member.array, *member.bytes, options, place_in(options.path, name));
  input.dataset = name;
  input.format = "NumPy archive";
  return input;
}

/// Lists in an archive that have an entry for each row.
void annotations_in_npz(const InputDescription& input, const std::function<void(const RowAnnotation&)>& take) {
  for (const std::string& name : arrays_in(input.path)) {
    const Member member = member_of(input.path, name);
    const NumpyArray& array = member.array;
    if (array.shape.size() != 1 || array.shape[0] != input.rows || (input.sparse() && name == "indptr")) {
      continue;
    }
    RowAnnotation annotation;
    annotation.name = name;
    const NumberType type = number_type(array.type);
    const auto rows = static_cast<std::size_t>(input.rows);
    if (type.known()) {
      const std::unique_ptr<BinaryList> list = list_of(input.path, name);
      if (type.kind == 'f') {
        std::vector<double> values(rows);
        list->read(0, std::span(values));
        annotation.values = std::move(values);
      } else {
        std::vector<std::int64_t> values(rows);
        list->read(0, std::span(values));
        annotation.values = std::move(values);
      }
    } else {
      const std::size_t kind = array.type.find_first_of("US");
      std::size_t length = 0;
      if (kind == std::string::npos ||
          std::from_chars(array.type.data() + kind + 1, array.type.data() + array.type.size(), length).ec !=
              std::errc() ||
          length == 0 || length > 65536) {
        continue;
      }
      const bool wide = array.type[kind] == 'U';
      const bool big = array.type[0] == '>';
      const std::size_t bytes = length * (wide ? 4 : 1);
      if ((member.bytes->size() - array.offset) / bytes < rows) {
        throw bad_input(fmt::format("{} is truncated", place_in(input.path, name)));
      }
      const std::string raw = member.bytes->text(array.offset, rows * bytes);
      std::vector<std::string> words(rows);
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t c = 0; c < length; ++c) {
          std::uint32_t code = 0;
          for (std::size_t b = 0; b < (wide ? 4U : 1U); ++b) {
            const auto byte = static_cast<unsigned char>(raw[row * bytes + c * (wide ? 4 : 1) + b]);
            code |= static_cast<std::uint32_t>(byte) << (8U * (big ? 3 - b : b));
          }
          append_utf8(words[row], wide ? code : static_cast<unsigned char>(raw[row * bytes + c]), wide);
        }
      }
      annotation.values = std::move(words);
    }
    take(annotation);
  }
}

class NpzSource : public BinarySource {
 public:
  NpzSource(const InputDescription& input, std::unique_ptr<Bytes> bytes)
      : BinarySource(input, std::move(bytes), layout_of(input.state)) {}
  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    annotations_in_npz(input_, take);
  }
};

class SparseNpz : public ListSource {
 public:
  explicit SparseNpz(const InputDescription& input) : ListSource(input) {}
  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    annotations_in_npz(input_, take);
  }

 protected:
  [[nodiscard]] OpenLists open_lists() const override {
    return {fmt::format("'{}'", input_.path), list_of(input_.path, "data"), list_of(input_.path, "indices"),
            list_of(input_.path, "indptr")};
  }
};

std::unique_ptr<RowSource> open_npz(const InputDescription& input) {
  if (input.sparse()) {
    return std::make_unique<SparseNpz>(input);
  }
  return std::make_unique<NpzSource>(input, open_in_zip(input.path, input.dataset + ".npy"));
}

}  // namespace

const Format numpy_archive{"NumPy archive", is_npz, describe_npz, open_npz};

}  // namespace distsne
