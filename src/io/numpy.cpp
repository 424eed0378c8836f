/// NumPy's .npy files.
#include "io/numpy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "distsne/base/error.hpp"
#include "io/format.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

constexpr std::string_view magic = "\x93NUMPY";

/// What stands behind 'key': in the header.
std::string entry_of(const std::string& header, const std::string& key) {
  const std::size_t place = header.find("'" + key + "'");
  const std::size_t colon = header.find(':', place);
  return place == std::string::npos || colon == std::string::npos ? std::string() : header.substr(colon + 1);
}

}  // namespace

NumpyArray array_in(const Bytes& bytes, const std::string& place) {
  const auto damaged = [&] { return bad_input(fmt::format("{} is not an array as NumPy writes it", place)); };
  if (bytes.size() < 12) {
    throw damaged();
  }
  const std::string start = bytes.text(0, 12);
  const auto number = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(start[at])); };
  const std::uint64_t begin = number(6) == 1 ? 10 : 12;
  const std::uint64_t length =
      number(8) | number(9) << 8U | (begin == 12 ? number(10) << 16U | number(11) << 24U : std::uint64_t{0});
  if (!start.starts_with(magic) || length > (1U << 20U) || begin + length > bytes.size()) {
    throw damaged();
  }
  const std::string header = bytes.text(begin, length);
  NumpyArray array;
  array.offset = begin + length;
  array.by_columns = entry_of(header, "fortran_order").find("True") < 8;
  const std::string type = entry_of(header, "descr");
  const std::size_t quote = type.find('\'');
  const std::size_t end = type.find('\'', quote + 1);
  if (quote == std::string::npos || end == std::string::npos) {
    throw damaged();
  }
  array.type = type.find('[') < quote ? "fields" : type.substr(quote + 1, end - quote - 1);
  const std::string shape = entry_of(header, "shape");
  const std::size_t open = shape.find('(');
  const std::size_t close = shape.find(')');
  if (open == std::string::npos || close == std::string::npos || close < open) {
    throw damaged();
  }
  std::istringstream extents(shape.substr(open + 1, close - open - 1));
  for (std::string extent; std::getline(extents, extent, ',');) {
    GlobalIndex value = 0;
    const std::size_t digits = extent.find_first_of("0123456789");
    if (digits == std::string::npos) {
      continue;
    }
    if (std::from_chars(extent.data() + digits, extent.data() + extent.size(), value).ec != std::errc()) {
      throw damaged();
    }
    array.shape.push_back(value);
  }
  return array;
}

std::string shape_text(const NumpyArray& array) { return fmt::format("{}", fmt::join(array.shape, " x ")); }

BinaryLayout layout_of_array(const NumpyArray& array, const Bytes& bytes, const std::string& place) {
  BinaryLayout layout;
  layout.type = number_type(array.type);
  if (!layout.type.known()) {
    throw bad_input(array.type.ends_with('O')
                        ? fmt::format("{} holds Python objects (pickled): save numbers, with numpy.save(file, "
                                      "numpy.asarray(x, dtype='float32'))",
                                      place)
                        : fmt::format("{} holds values of type '{}': integers or floats of at most 64 bits are wanted",
                                      place, array.type));
  }
  const auto rows = static_cast<std::uint64_t>(array.shape.empty() ? 1 : array.shape[0]);
  const auto columns = static_cast<std::uint64_t>(array.shape.size() < 2 ? 1 : array.shape[1]);
  const std::uint64_t size = layout.type.size;
  const std::uint64_t wanted = bytes_of(static_cast<GlobalIndex>(rows), static_cast<GlobalIndex>(columns), layout.type);
  if (bytes.size() < array.offset || bytes.size() - array.offset < wanted) {
    throw bad_input(fmt::format("{} is truncated: {} values do not fit in its {} bytes", place,
                                array.shape.empty() ? "its" : shape_text(array), bytes.size()));
  }
  layout.offset = array.offset;
  layout.row_step = array.by_columns ? size : size * columns;
  layout.column_step = array.by_columns ? size * rows : size;
  return layout;
}

InputDescription describe_array(const NumpyArray& array, const Bytes& bytes, const InputOptions& options,
                                const std::string& place) {
  if (array.shape.size() != 2) {
    throw bad_input(fmt::format("{} is {}-D ({}): a 2-D array is wanted, one row per point; numpy.reshape makes one",
                                place, array.shape.size(), shape_text(array)));
  }
  InputDescription input;
  input.path = options.path;
  input.rows = array.shape[0];
  input.columns = array.shape[1];
  const BinaryLayout layout = layout_of_array(array, bytes, place);
  describe_layout(input, layout, options.transpose);
  return input;
}

namespace {

bool is_npy(const FileHead& head) { return !head.gzip && head.bytes.starts_with(magic); }

InputDescription describe_npy(const InputOptions& options) {
  const std::unique_ptr<Bytes> bytes = open_bytes(options.path);
  const std::string place = fmt::format("'{}'", options.path);
  InputDescription input = describe_array(array_in(*bytes, place), *bytes, options, place);
  input.format = "NumPy array";
  return input;
}

std::unique_ptr<RowSource> open_npy(const InputDescription& input) {
  return std::make_unique<BinarySource>(input, open_bytes(input.path), layout_of(input.state));
}

}  // namespace

const Format numpy_array{"NumPy array", is_npy, describe_npy, open_npy};

}  // namespace distsne
