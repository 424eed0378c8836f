/// The list of formats.
#include "io/format.hpp"
#include "io/selection.hpp"

#include <array>
#include <utility>

#include "distsne/base/error.hpp"
#include "io/bytes.hpp"
#include "io/find_dataset.hpp"
#include "io/refusals.hpp"
#include "io/text_file.hpp"

namespace distsne {

namespace {

const Format hdf5{"HDF5", is_hdf5, describe_hdf5, open_hdf5};

constexpr std::size_t head_bytes = 65536;

}  // namespace

std::span<const Format* const> formats() {
  static constexpr std::array<const Format*, 9> all{&hdf5,    &numpy_array,    &numpy_archive,
                                                    &matlab5, &flow_cytometry, &matrix_market,
                                                    &vectors, &raw_numbers,    &text_table};
  return all;
}

InputDescription describe_file(const InputOptions& options) {
  require_readable(options.path);
  if (!options.shape.empty()) {
    return raw_numbers.describe(options);
  }
  const FileHead head = head_of(options.path);
  for (const Format* format : formats()) {
    if (format->takes(head)) {
      return format->describe(options);
    }
  }
  throw Error(refusal_of(head), ExitCode::bad_input);
}

FileHead head_of(const std::string& path) {
  FileHead head;
  head.path = path;
  head.bytes = text_head(path, head_bytes);
  head.gzip = open_bytes(path)->size() >= 2 && open_bytes(path)->text(0, 2) == "\x1f\x8b";
  return head;
}

InputDescription transposed(InputDescription input) {
  std::swap(input.rows, input.columns);
  switch (input.layout) {
    case Layout::rows:
      input.layout = Layout::columns;
      break;
    case Layout::columns:
      input.layout = Layout::rows;
      break;
    case Layout::sparse_rows:
      input.layout = Layout::sparse_columns;
      break;
    case Layout::sparse_columns:
      input.layout = Layout::sparse_rows;
      break;
  }
  return input;
}

namespace {

std::unique_ptr<RowSource> open_file(const InputDescription& input) {
  for (const Format* format : formats()) {
    if (format->name == input.format) {
      return format->open(input);
    }
  }
  return open_hdf5(input);  // in one of the ways that programs lay out HDF5
}

}  // namespace

std::unique_ptr<RowSource> open_source(const InputDescription& input) {
  if (!input.chosen) {
    return open_file(input);
  }
  InputDescription all = input;
  all.chosen = nullptr;
  all.rows = input.chosen->file_rows;
  all.columns = input.chosen->file_columns;
  return chosen_rows(open_file(all), input.chosen);
}

}  // namespace distsne
