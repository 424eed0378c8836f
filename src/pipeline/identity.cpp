/// Comparing runs.
#include "pipeline/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "distsne/base/instruction_set.hpp"
#include "distsne/base/version.hpp"

namespace distsne {
namespace {

/// Options that have no bearing on the map.
constexpr std::array<const char*, 9> without_bearing{
    "input", "output", "threads", "measure-every", "checkpoint", "checkpoint-every", "max-time", "log-json", "memory"};

/// Options that say how the map moves and may be changed on the way, with --resume-with-changes.
constexpr std::array<const char*, 9> changeable{
    "iterations",    "exaggeration-iterations", "early-exaggeration", "exaggeration",
    "learning-rate", "early-momentum",          "momentum",           "optimizer",
    "tolerance"};

/// Size and time of a file, which change when it does.
std::string mark_of(const std::string& path) {
  std::error_code failed;
  if (path.empty()) {
    return "";
  }
  const auto size = std::filesystem::file_size(path, failed);
  const auto time = std::filesystem::last_write_time(path, failed);
  return fmt::format("{} bytes, time {}", size, time.time_since_epoch().count());
}

}  // namespace

nlohmann::json identity_of(const Run& run) {
  nlohmann::json options = nlohmann::json::object();
  std::istringstream lines(run.config.text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const bool bears = std::find(without_bearing.begin(), without_bearing.end(), name) == without_bearing.end();
    if (equals != std::string::npos && bears) {
      options[name] = line.substr(equals + 1);
    }
  }
  const InputDescription& input = run.plan.input;
  const nlohmann::json identity{{"options", options},
                                {"rows", run.plan.rows},
                                {"columns", input.columns},
                                {"dataset", input.dataset},
                                {"mark", mark_of(input.path)},
                                {"graph mark", mark_of(run.config.graph)},
                                {"init mark", mark_of(run.plan.initial_map.path)},
                                {"checksum", run.input_checksum},
                                {"version", fmt::format("{} ({})", version(), commit())},
                                {"instruction set", instruction_set()}};
  // Names of files and datasets may be in another encoding than UTF-8, which is the only one of JSON.
  return nlohmann::json::parse(identity.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string difference(const nlohmann::json& kept, const nlohmann::json& now, std::vector<std::string>* changes,
                       std::string& note) {
  for (const auto& [name, value] : now.at("options").items()) {
    const std::string before = kept.at("options").value(name, std::string("none"));
    if (before != value) {
      std::string change = fmt::format("--{} was {} and is {}", name, before, value.template get<std::string>());
      const bool of_the_course = std::find(changeable.begin(), changeable.end(), name) != changeable.end();
      if (changes == nullptr || !of_the_course) {
        return change + (of_the_course ? " (--resume-with-changes goes on all the same)" : "");
      }
      changes->push_back(std::move(change));
    }
  }
  for (const char* name : {"rows", "columns", "dataset"}) {
    if (kept.at(name) != now.at(name)) {
      return fmt::format("the {} of the input were {} and are {}", name, kept.at(name).dump(), now.at(name).dump());
    }
  }
  if (kept.at("mark") != now.at("mark") &&
      (now.at("checksum") == 0 || kept.at("checksum") == 0 || kept.at("checksum") != now.at("checksum"))) {
    return "the input has changed";
  }
  for (const char* name : {"graph", "init"}) {
    if (kept.at(std::string(name) + " mark") != now.at(std::string(name) + " mark")) {
      return fmt::format("the file of --{} has changed", name);
    }
  }
  for (const char* name : {"version", "instruction set"}) {
    if (kept.at(name) != now.at(name)) {
      note = fmt::format("note: the checkpoint was made with {} {} and this is {}: the map may differ in its last bits",
                         name, kept.at(name).get<std::string>(), now.at(name).get<std::string>());
    }
  }
  return "";
}

}  // namespace distsne
