/// Reading each rank's rows, and the checks on what they hold.
#include "distsne/io/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "distsne/mpi/agreement.hpp"
#include "distsne/mpi/interruption.hpp"
#include "io/centered_rows.hpp"
#include "io/find_dataset.hpp"
#include "io/read_rows.hpp"

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
  return sizeof(Real) == sizeof(float) ? "infinite, or too large for --precision float" : "infinite";
}

template <class Real>
void require_finite(const Communicator& comm, const InputDescription& input, const DistributedMatrix<Real>& matrix) {
  const auto bad = std::find_if(matrix.values.begin(), matrix.values.end(), [](Real v) { return !std::isfinite(v); });
  const bool fine = bad == matrix.values.end();
  std::string message;
  if (!fine) {
    const auto offset = static_cast<GlobalIndex>(bad - matrix.values.begin());
    const GlobalIndex row = matrix.first_row() + offset / input.columns;
    message = fmt::format("{}: the value in row {}, column {} (counted from 0) is {}: remove or replace such values",
                          place(input), row, offset % input.columns, defect(*bad));
  }
  require_everywhere(comm, fine, message);
}

}  // namespace

InputDescription describe_input(const Communicator& comm, const InputOptions& options) {
  InputDescription input;
  attempt_on_root(comm, [&] { input = find_dataset(options); });
  input.path = options.path;
  input.dataset = comm.broadcast_string(input.dataset);
  input.rows = comm.broadcast_value(input.rows);
  input.columns = comm.broadcast_value(input.columns);
  input.signed_integers = comm.broadcast_value(std::int64_t{input.signed_integers ? 1 : 0}) != 0;
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
DistributedMatrix<Real> read_matrix(const Communicator& comm, const InputDescription& input, Origin origin) {
  DistributedMatrix<Real> matrix;
  attempt_everywhere(comm, [&] {
    matrix =
        DistributedMatrix<Real>(RowPartition(input.rows, comm.size()), comm.rank(), narrow<LocalIndex>(input.columns));
  });
  if (origin == Origin::of_the_file || !read_centered(comm, input, matrix)) {
    attempt_everywhere(comm, [&] { read_rows(input, matrix.first_row(), std::span(matrix.values), asked_to_stop); });
  }
  stop_if_asked(comm);
  require_finite(comm, input, matrix);
  return matrix;
}

template DistributedMatrix<float> read_matrix(const Communicator&, const InputDescription&, Origin);
template DistributedMatrix<double> read_matrix(const Communicator&, const InputDescription&, Origin);

}  // namespace distsne
