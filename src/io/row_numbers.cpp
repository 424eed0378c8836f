/// Looking for the numbers where files of each kind have them.
#include "io/row_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/find_dataset.hpp"
#include "io/hdf5_tree.hpp"
#include "io/read_rows.hpp"
#include "io/selection.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

[[noreturn]] void refuse_words(const InputDescription& input, const std::string& name, const std::string& option) {
  throw Error(
      fmt::format("{} {}: '{}' has words by that name, and a number is wanted for each row", option, name, input.path),
      ExitCode::bad_input);
}

/// Names of lists may be written with a slash before them.
std::string list_name(const std::string& name) { return name.starts_with('/') ? name.substr(1) : name; }

/// Where such a list lies.
std::string group_of(const InputDescription& input) { return input.dataset.substr(0, input.dataset.rfind('/') + 1); }

/// Whether a plain HDF5 file has such a list beside the matrix.
bool is_list_beside(const InputDescription& input, const std::string& name, const std::string& option) {
  if (input.format != "HDF5" || input.layout != Layout::rows || input.chosen) {
    return false;
  }
  const std::vector<std::string> names = row_datasets_beside(input.path, input.dataset, input.rows);
  if (std::find(names.begin(), names.end(), list_name(name)) == names.end()) {
    return false;
  }
  const H5T_class_t kind = Hdf5Tree(input.path).type_class(group_of(input) + list_name(name));
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
    refuse_words(input, name, option);
  }
  return true;
}

/// What a file tells of its rows by that name, on rank 0.
std::vector<double> annotation(const InputDescription& input, const std::string& name, const std::string& option) {
  std::vector<double> numbers;
  std::vector<std::string> names;
  bool found = false;
  open_source(input)->annotations([&](const RowAnnotation& one) {
    names.push_back(one.name);
    if (one.name != name || found) {
      return;
    }
    found = true;
    if (std::holds_alternative<std::vector<std::string>>(one.values)) {
      refuse_words(input, name, option);
    }
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::vector<std::string>>) {
            numbers.assign(values.begin(), values.end());
          }
        },
        one.values);
  });
  if (!found) {
    throw Error(fmt::format("{} {}: '{}' tells no '{}' of its {} rows; it tells {}", option, name, input.path, name,
                            input.rows, names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "))),
                ExitCode::bad_input);
  }
  if (std::ssize(numbers) != input.rows) {
    throw Error(fmt::format("{} {}: '{}' has {} such numbers, and there are {} rows", option, name, input.path,
                            numbers.size(), input.rows),
                ExitCode::bad_input);
  }
  return numbers;
}

}  // namespace

bool names_a_column(const RowSource& source, const std::string& name) {
  const std::vector<std::string> columns = source.column_names();
  if (std::find(columns.begin(), columns.end(), name) == columns.end()) {
    return false;
  }
  bool told = false;
  source.annotations([&](const RowAnnotation& one) { told = told || one.name == name; });
  return !told;
}

std::vector<double> read_row_numbers(const Communicator& comm, const InputOptions& options,
                                     const InputDescription& input, const std::string& name,
                                     const std::string& option) {
  InputOptions one = options;  // of the same rows
  one.apart = "";
  one.columns = name;
  enum class Place { list, column, annotation };
  auto place = Place::annotation;
  attempt_on_root(comm, [&] {
    InputDescription whole = input;
    if (input.chosen) {
      whole.chosen = nullptr;
      whole.rows = input.chosen->file_rows;
      whole.columns = input.chosen->file_columns;
    }
    if (is_list_beside(input, name, option)) {
      place = Place::list;
    } else if (names_a_column(*open_source(whole), name)) {
      place = Place::column;
    }
  });
  place = comm.broadcast_value(place);
  const RowPartition partition(input.rows, comm.size());
  std::vector<double> own(static_cast<std::size_t>(partition.size(comm.rank())));
  switch (place) {
    case Place::list: {
      const InputDescription list{input.path, group_of(input) + list_name(name), input.rows, 1};
      attempt_everywhere(comm, [&] { read_rows(list, partition.begin(comm.rank()), std::span<double>(own)); });
      break;
    }
    case Place::column: {
      const DistributedMatrix<double> column = read_matrix<double>(comm, describe_input(comm, one));
      own.assign(column.values.begin(), column.values.end());
      break;
    }
    case Place::annotation: {
      std::vector<double> numbers;
      attempt_on_root(comm, [&] { numbers = annotation(input, name, option); });
      std::vector<std::int64_t> counts(static_cast<std::size_t>(comm.size()), 0);
      for (Rank rank = 0; comm.is_root() && rank < comm.size(); ++rank) {
        counts[static_cast<std::size_t>(rank)] = partition.size(rank);
      }
      std::vector<std::int64_t> received;
      own = comm.all_to_all(std::span<const double>(numbers), counts, received);
      break;
    }
  }
  return own;
}

}  // namespace distsne
