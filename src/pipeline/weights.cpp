/// Reading weights.
#include "pipeline/weights.hpp"

#include <fmt/format.h>

#include "io/row_numbers.hpp"
#include "io/saved_file.hpp"
#include "io/selection.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/weights_of_rows.hpp"

namespace distsne {

std::optional<PlannedWeights> read_weights(const Communicator& comm, const Config& config,
                                           const InputDescription& input) {
  const std::vector<double> own = read_row_numbers(comm, config.input, input, config.weights, "--weights");
  const RowPartition even(input.rows, comm.size());
  return plan_weights(comm, own, even, config.precision, [&](GlobalIndex row) {
    return fmt::format("--weights {}: that of row {} (counted from 0) of '{}'", config.weights,
                       input.chosen ? input.chosen->row_in_file(row) : row, input.path);
  });
}

std::optional<PlannedWeights> read_weights_again(const Communicator& comm, const Config& config,
                                                 const InputDescription& input, const std::string& map,
                                                 const char* option) {
  try {
    return read_weights(comm, config, input);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}' is a map of rows with weights: {}: name a file that has them with {}", map,
                            error.what(), option),
                error.code(), error.known());
  }
}

void choose_weights(const Communicator& comm, const Config& config, Plan& plan) {
  require_everywhere(
      comm, !plan.input.path.empty(),
      fmt::format("--weights {} is what the input tells of its rows: name it beside --graph", config.weights));
  require_weights_served(comm, config, plan.graph.is_matrix(), "--weights");
  require_everywhere(comm, config.ensemble.bootstraps == 0,
                     "--bootstraps draws rows as if each were one point, and with --weights a row stands for many: "
                     "leave out one of them");
  plan.weights = read_weights(comm, config, plan.input);
  if (plan.weights) {
    const GlobalIndex first = RowPartition(plan.rows, comm.size()).begin(comm.rank());
    plan.weights_checksum = static_cast<std::uint64_t>(
        comm.sum(static_cast<std::int64_t>(checksum(std::span<const double>(plan.weights->own), first))));
  }
}

}  // namespace distsne
