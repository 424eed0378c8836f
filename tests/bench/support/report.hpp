/// Figures of a benchmark: a table for people and JSON for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne::bench {

/// Collects rows of named figures; writes them at the end. Only rank 0 writes.
class Report {
 public:
  /// Notes the program's version, the machine, and how many ranks and threads take part.
  Report(const Communicator& comm, std::string benchmark);

  /// A figure of the machine or the whole run.
  void note(const std::string& name, const nlohmann::json& value);
  /// A row of figures, in the order in which they should be shown; printed at once.
  void row(const std::vector<std::pair<std::string, nlohmann::json>>& figures);
  /// Writes everything to a file as one JSON object; nothing where the path is empty.
  void write(const std::string& path) const;

 private:
  bool speaks_;
  nlohmann::ordered_json json_;
  std::vector<std::string> columns_;
};

}  // namespace distsne::bench
