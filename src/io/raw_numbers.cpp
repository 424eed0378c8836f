/// Numbers without a header, of which the user says how they lie, and the .fvecs files of search benchmarks.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "distsne/base/error.hpp"
#include "io/binary_numbers.hpp"
#include "io/format.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

std::unique_ptr<RowSource> open_binary(const InputDescription& input) {
  return std::make_unique<BinarySource>(input, open_bytes(input.path), layout_of(input.state));
}

// ---- --shape and --type

bool never(const FileHead& /*head*/) { return false; }

// ---- each row behind its number of columns, as 32-bit integers

NumberType vector_type(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".fvecs"   ? NumberType{'f', 4, false}
         : extension == ".bvecs" ? NumberType{'u', 1, false}
         : extension == ".ivecs" ? NumberType{'i', 4, false}
                                 : NumberType{'\0', 0, false};
}

bool is_vectors(const FileHead& head) { return vector_type(head.path).known() && !head.gzip; }

InputDescription describe_vectors(const InputOptions& options) {
  const std::unique_ptr<Bytes> bytes = open_bytes(options.path);
  BinaryLayout layout;
  layout.type = vector_type(options.path);
  std::vector<double> width(1, 0.0);
  if (bytes->size() >= 4) {
    read_binary(*bytes, {{'i', 4, false}, 0, 4, 4, 0}, 1, 0, std::span(width), [] { return false; });
  }
  InputDescription input;
  input.path = options.path;
  input.format = "vectors";
  input.columns = static_cast<GlobalIndex>(width[0]);
  layout.offset = 4;
  layout.column_step = layout.type.size;
  layout.row_step = 4 + layout.type.size * static_cast<std::uint64_t>(std::max<GlobalIndex>(0, input.columns));
  if (input.columns < 1 || bytes->size() % layout.row_step != 0) {
    throw bad_input(
        fmt::format("'{}' does not hold rows of {} columns: it is truncated or damaged", options.path, input.columns));
  }
  input.rows = static_cast<GlobalIndex>(bytes->size() / layout.row_step);
  describe_layout(input, layout);
  return input;
}

}  // namespace

InputDescription describe_raw(const InputOptions& options) {
  InputDescription input;
  input.path = options.path;
  input.format = "numbers";
  BinaryLayout layout;
  layout.type = number_type(options.type);
  const char* const end = options.shape.data() + options.shape.size();
  const auto [comma, failure] = std::from_chars(options.shape.data(), end, input.rows);
  const bool two = failure == std::errc() && comma != end && *comma == ',';
  if (!two || std::from_chars(comma + 1, end, input.columns).ptr != end || input.rows < 1 || input.columns < 1) {
    throw bad_input(fmt::format("--shape {}: ROWS,COLUMNS is wanted", options.shape));
  }
  if (!layout.type.known()) {
    throw bad_input(
        fmt::format("--type {}: a type like f4, f8, i2, u1 is wanted, with > before it for the highest "
                    "byte first",
                    options.type));
  }
  const std::unique_ptr<Bytes> bytes = open_bytes(options.path);
  const std::uint64_t wanted = bytes_of(input.rows, input.columns, layout.type);
  if (bytes->size() != wanted) {
    throw bad_input(fmt::format("'{}' has {} bytes, and --shape {} --type {} would be {}", options.path, bytes->size(),
                                options.shape, options.type, wanted));
  }
  layout.column_step = layout.type.size;
  layout.row_step = layout.type.size * static_cast<std::uint64_t>(input.columns);
  describe_layout(input, layout, options.transpose);
  return input;
}

const Format raw_numbers{"numbers", never, describe_raw, open_binary};
const Format vectors{"vectors", is_vectors, describe_vectors, open_binary};

}  // namespace distsne
