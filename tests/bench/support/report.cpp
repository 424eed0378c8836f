/// Printing and writing figures.
#include "bench/support/report.hpp"

#include <fmt/format.h>

#include <fstream>

#include "base/instruction_set.hpp"
#include "base/parallel.hpp"
#include "base/version.hpp"
#include "bench/support/machine.hpp"

namespace distsne::bench {
namespace {

std::string shown(const nlohmann::json& value) {
  if (value.is_number_float()) {
    return fmt::format("{:.4g}", value.get<double>());
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

Report::Report(const Communicator& comm, std::string benchmark) : speaks_(comm.is_root()) {
  note("benchmark", benchmark);
  note("version", version());
  note("commit", commit());
  note("compiler", compiler_name());
  note("processor", processor_name());
  note("instruction_set", instruction_set());
  note("ranks", comm.size());
  note("threads", threads());
  json_["table"] = nlohmann::json::array();
}

void Report::note(const std::string& name, const nlohmann::json& value) {
  json_[name] = value;
  if (speaks_) {
    fmt::print("{}: {}\n", name, shown(value));
  }
}

void Report::row(const std::vector<std::pair<std::string, nlohmann::json>>& figures) {
  nlohmann::ordered_json row;
  std::vector<std::string> columns;
  std::string line;
  std::string heading;
  for (const auto& [name, value] : figures) {
    row[name] = value;
    columns.push_back(name);
    const std::size_t width = std::max<std::size_t>(12, name.size() + 2);
    heading += fmt::format("{:>{}}", name, width);
    line += fmt::format("{:>{}}", shown(value), width);
  }
  json_["table"].push_back(row);
  if (speaks_) {
    if (columns != columns_) {
      fmt::print("\n{}\n", heading);
    }
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }
  columns_ = columns;
}

void Report::write(const std::string& path) const {
  if (speaks_ && !path.empty()) {
    std::ofstream(path) << json_.dump(2) << "\n";
  }
}

}  // namespace distsne::bench
