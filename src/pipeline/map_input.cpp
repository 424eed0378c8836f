/// From what a result says about its input to the input.
#include "pipeline/map_input.hpp"

#include <fmt/format.h>

#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// PATH:DATASET, as results name their input; PATH: where the file has no datasets.
InputOptions split_input(const std::string& text) {
  const std::size_t colon = text.rfind(":/");
  InputOptions input;
  input.path = text.substr(0, colon == std::string::npos && text.ends_with(':') ? text.size() - 1 : colon);
  input.dataset = colon == std::string::npos ? "" : text.substr(colon + 1);
  return input;
}

InputDescription find(const Communicator& comm, const InputOptions& given, const MapDescription& map,
                      const std::optional<Config>& run, const char* option) {
  const InputOptions input = rows_of_map(given, map, run);
  if (!given.path.empty()) {
    return describe_input(comm, input);
  }
  require_everywhere(
      comm, !input.path.empty(),
      fmt::format("'{}' does not say which rows it is a map of: name their file with {}", map.embedding.path, option));
  try {
    return describe_input(comm, input);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}' is a map of {}: {}; name the file with {}", map.embedding.path, map.input,
                            error.what(), option),
                error.code(), error.known());
  }
}

}  // namespace

InputOptions read_like(InputOptions input, const std::optional<Config>& run) {
  const InputOptions usual;
  if (run && input.columns.empty()) {
    input.columns = run->input.columns;
  }
  if (run) {
    input.apart = run->input.apart;
  }
  if (run && !input.transpose && input.shape == usual.shape && input.type == usual.type) {
    input.transpose = run->input.transpose;
    input.shape = run->input.shape;
    input.type = run->input.type;
  }
  return input;
}

InputOptions rows_of_map(const InputOptions& given, const MapDescription& map, const std::optional<Config>& run) {
  InputOptions input = read_like(given.path.empty() ? split_input(map.input) : given, run);
  if (run && input.rows.empty() && input.where.empty() && input.sample == 0) {
    input.rows = run->input.rows;
    input.where = run->input.where;
    input.sample = run->input.sample;
    input.seed = run->seed;
  }
  return input;
}

InputDescription input_of_map(const Communicator& comm, const InputOptions& given, const MapDescription& map,
                              const std::optional<Config>& run, const char* option) {
  InputDescription input = find(comm, given, map, run, option);
  require_embeddable(comm, input);
  require_everywhere(comm, map.embedding.rows == input.rows,
                     fmt::format("'{}' is a map of {} rows and '{}', dataset '{}' has {}: it is not a map of them",
                                 map.embedding.path, map.embedding.rows, input.path, input.dataset, input.rows));
  return input;
}

}  // namespace distsne
