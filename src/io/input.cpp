/// Reading each rank's rows, and the checks on what they hold.
#include "io/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include "io/centered_rows.hpp"
#include "io/format.hpp"
#include "io/selection.hpp"
#include "io/source.hpp"
#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

std::string place(const InputDescription& input) {
  return fmt::format("'{}', dataset '{}'", input.path, input.dataset);
}

/// What is wrong with a value that is not finite in Real.
template <class Real>
const char* defect(Real value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  return sizeof(Real) == sizeof(float) ? "infinite, or too large for --precision float, which holds up to 3.4e38"
                                       : "infinite";
}

/// What a file calls a column and a row, as " 'name'"; empty where it does not say.
std::pair<std::string, std::string> names_of(const InputDescription& input, GlobalIndex row, GlobalIndex column) {
  std::pair<std::string, std::string> names;
  try {
    const std::unique_ptr<RowSource> source = open_source(input);
    const std::vector<std::string> columns = source->column_names();
    if (column < std::ssize(columns)) {
      names.second = fmt::format(" '{}'", columns[static_cast<std::size_t>(column)]);
    }
    source->annotations([&](const RowAnnotation& annotation) {
      const auto* words = std::get_if<std::vector<std::string>>(&annotation.values);
      if (annotation.name == row_names && words != nullptr && row < std::ssize(*words)) {
        names.first = fmt::format(" '{}'", (*words)[static_cast<std::size_t>(row)]);
      }
    });
  } catch (const Error&) {  // the numbers will do
  }
  return names;
}

template <class Real>
std::string not_finite(const InputDescription& input, GlobalIndex row, GlobalIndex column, Real value) {
  const auto [row_name, column_name] = names_of(input, row, column);
  return fmt::format("{}: the value in row {}{}, column {}{} (counted from 0) is {}: remove or replace such values",
                     place(input), input.chosen ? input.chosen->row_in_file(row) : row, row_name,
                     input.chosen ? input.chosen->column_in_file(column) : column, column_name, defect(value));
}

template <class Real>
void require_finite(const Communicator& comm, const InputDescription& input, const DistributedMatrix<Real>& matrix) {
  const auto bad = std::find_if(matrix.values.begin(), matrix.values.end(), [](Real v) { return !std::isfinite(v); });
  const bool fine = bad == matrix.values.end();
  std::string message;
  if (!fine) {
    const auto offset = static_cast<GlobalIndex>(bad - matrix.values.begin());
    const GlobalIndex row = matrix.first_row() + offset / input.columns;
    message = not_finite(input, row, offset % input.columns, *bad);
  }
  require_everywhere(comm, fine, message);
}

}  // namespace

InputOptions file_and_dataset(const std::string& text, const std::string& option) {
  std::error_code ignored;
  const std::size_t colon = text.rfind(':');
  InputOptions file;
  file.path = text;
  file.dataset_option = option + " FILE:DATASET";
  if (colon != std::string::npos && !std::filesystem::exists(text, ignored)) {
    file.path = text.substr(0, colon);
    file.dataset = text.substr(colon + 1);
  }
  return file;
}

InputDescription broadcast(const Communicator& comm, InputDescription input) {
  for (std::string* text : {&input.path, &input.dataset, &input.format, &input.note, &input.usual, &input.state}) {
    *text = comm.broadcast_string(std::move(*text));
  }
  input.rows = comm.broadcast_value(input.rows);
  input.columns = comm.broadcast_value(input.columns);
  input.signed_integers = comm.broadcast_value(std::int64_t{input.signed_integers ? 1 : 0}) != 0;
  input.layout = comm.broadcast_value(input.layout);
  input.entries = comm.broadcast_value(input.entries);
  return input;
}

namespace {

/// Collective. The same rows and columns on all ranks, chosen on rank 0.
void choose(const Communicator& comm, const InputOptions& options, InputDescription& input) {
  std::shared_ptr<const Selection> chosen;
  attempt_on_root(comm, [&] { chosen = select(options, input); });
  std::array<std::int64_t, 3> sizes{};
  if (chosen) {
    sizes = {1, std::ssize(chosen->runs), std::ssize(chosen->columns)};
  }
  comm.broadcast(std::span<std::int64_t>(sizes));
  if (sizes[0] == 0) {
    return;
  }
  Selection all = chosen ? *chosen : Selection();
  std::vector<GlobalIndex> numbers;
  for (const Selection::Run& run : all.runs) {
    numbers.insert(numbers.end(), {run.begin, run.count, run.first});
  }
  numbers.resize(3 * static_cast<std::size_t>(sizes[1]));
  comm.broadcast(std::span<GlobalIndex>(numbers));
  all.runs.clear();
  for (std::size_t r = 0; r < numbers.size(); r += 3) {
    all.runs.push_back({numbers[r], numbers[r + 1], numbers[r + 2]});
  }
  all.columns.resize(static_cast<std::size_t>(sizes[2]));
  comm.broadcast(std::span<CompactIndex>(all.columns));
  all.file_rows = input.rows;
  all.file_columns = input.columns;
  input.rows = all.rows();
  input.columns = all.columns.empty() ? input.columns : std::ssize(all.columns);
  input.note += fmt::format("{}{} of {} rows, {} of {} columns", input.note.empty() ? "" : "; ", input.rows,
                            all.file_rows, input.columns, all.file_columns);
  input.chosen = std::make_shared<const Selection>(std::move(all));
}

}  // namespace

InputDescription describe_input(const Communicator& comm, const InputOptions& options) {
  InputDescription input;
  attempt_on_root(comm, [&] { input = describe_file(options); });
  input = broadcast(comm, std::move(input));
  choose(comm, options, input);
  return input;
}

void require_embeddable(const Communicator& comm, const InputDescription& input) {
  const std::string shape = fmt::format("{} is {} x {}", place(input), input.rows, input.columns);
  require_everywhere(comm, input.rows != 0, shape + ": it has no rows to embed");
  require_everywhere(comm, input.rows != 1, shape + ": one row has no neighbors; at least 2 rows are needed");
  require_everywhere(comm, input.columns != 0, shape + ": it has no columns to compare rows by");
  require_everywhere(comm, input.columns <= std::numeric_limits<LocalIndex>::max(),
                     shape + ": more than 2^31 - 1 columns cannot be handled");
  require_everywhere(comm, (input.rows - 1) / comm.size() < std::numeric_limits<LocalIndex>::max(),
                     shape + ": more than 2^31 - 1 rows on each rank cannot be handled: use more ranks");
}

template <class Real>
DistributedMatrix<Real> read_matrix(const Communicator& comm, const InputDescription& input, Origin origin,
                                    std::vector<double>* taken_off) {
  DistributedMatrix<Real> matrix;
  attempt_everywhere(comm, [&] {
    matrix =
        DistributedMatrix<Real>(RowPartition(input.rows, comm.size()), comm.rank(), narrow<LocalIndex>(input.columns));
  });
  std::unique_ptr<RowSource> source;
  attempt_everywhere(comm, [&] { source = open_source(input); });
  const auto read = [&] {
    attempt_everywhere(comm, [&] { source->read(matrix.first_row(), std::span(matrix.values), asked_to_stop); });
  };
  std::vector<double> center;
  // Of sparse rows the zeros stay where they are.
  if (origin == Origin::of_the_file || input.sparse() || !read_centered(comm, input, *source, matrix, center)) {
    read();
  }
  stop_if_asked(comm);
  require_finite(comm, input, matrix);
  if (taken_off != nullptr) {
    *taken_off = center;
  }
  return matrix;
}

DistributedMatrix<float> read_some_rows(const Communicator& comm, const InputDescription& input, GlobalIndex first_row,
                                        LocalIndex count, std::span<const double> taken_off) {
  const RowPartition partition(comm.all_gather(std::int64_t{count}));
  DistributedMatrix<float> rows;
  attempt_everywhere(comm, [&] {
    rows = DistributedMatrix<float>(partition, comm.rank(), narrow<LocalIndex>(input.columns));
    if (count > 0 && taken_off.empty()) {
      open_source(input)->read(first_row, std::span(rows.values), asked_to_stop);
    } else if (count > 0) {
      read_less(input, *open_source(input), first_row, taken_off, std::span(rows.values));
    }
  });
  stop_if_asked(comm);
  const auto bad = std::find_if(rows.values.begin(), rows.values.end(), [](float v) { return !std::isfinite(v); });
  const GlobalIndex entry = bad - rows.values.begin();
  require_everywhere(comm, bad == rows.values.end(),
                     bad == rows.values.end()
                         ? ""
                         : not_finite(input, first_row + entry / input.columns, entry % input.columns, *bad));
  return rows;
}

template <class Real>
SparseMatrix<Real> read_sparse_matrix(const Communicator& comm, const InputDescription& input) {
  SparseMatrix<Real> matrix;
  matrix.partition = RowPartition(input.rows, comm.size());
  matrix.rank = comm.rank();
  std::string message;
  attempt_everywhere(comm, [&] {
    matrix.columns = narrow<LocalIndex>(input.columns);
    const std::unique_ptr<RowSource> source = open_source(input);
    SparseBlock<Real> block;
    source->read_sparse(matrix.first_row(), matrix.local_rows(), block, asked_to_stop);
    matrix.begin = std::move(block.begin);
    matrix.column = std::move(block.columns);
    matrix.values = std::move(block.values);
  });
  stop_if_asked(comm);
  const auto bad = std::find_if(matrix.values.begin(), matrix.values.end(), [](Real v) { return !std::isfinite(v); });
  if (bad != matrix.values.end()) {
    const auto entry = bad - matrix.values.begin();
    const auto row = std::upper_bound(matrix.begin.begin(), matrix.begin.end(), entry) - matrix.begin.begin() - 1;
    message = not_finite(input, matrix.first_row() + row, matrix.column[static_cast<std::size_t>(entry)], *bad);
  }
  require_everywhere(comm, message.empty(), message);
  return matrix;
}

template SparseMatrix<float> read_sparse_matrix(const Communicator&, const InputDescription&);
template SparseMatrix<double> read_sparse_matrix(const Communicator&, const InputDescription&);
template DistributedMatrix<float> read_matrix(const Communicator&, const InputDescription&, Origin,
                                              std::vector<double>*);
template DistributedMatrix<double> read_matrix(const Communicator&, const InputDescription&, Origin,
                                               std::vector<double>*);

}  // namespace distsne
