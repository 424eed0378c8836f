/// Comparing runs.
#include "pipeline/identity.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/instruction_set.hpp"
#include "base/version.hpp"
#include "pipeline/earlier_map.hpp"
#include "pipeline/options.hpp"

namespace distsne {
namespace {

/// Whether an option says how the map moves and may be changed on the way, with --resume-with-changes.
bool steers(const std::string& name) {
  Config any;
  const Options options = run_options(any, Command::embed);
  const Option* const option = find_option(options, name);
  return option != nullptr && option->steers;
}

/// What is taken of an earlier map, whatever its file is called; empty: nothing.
std::string earlier_of(const FileRun& run) {
  const auto& earlier = run.plan.earlier;
  return earlier ? fmt::format("{} {:016x}", earlier->fixed ? "--fix" : "--align", earlier->checksum) : "";
}

}  // namespace

std::string mark_of(const std::string& path) {
  std::error_code failed;
  if (path.empty()) {
    return "";
  }
  const auto size = std::filesystem::file_size(path, failed);
  const auto time = std::filesystem::last_write_time(path, failed);
  return fmt::format("{} bytes, time {}", size, time.time_since_epoch().count());
}

nlohmann::json identity_of(const FileRun& run) {
  nlohmann::json options = nlohmann::json::object();
  for (const ConfigLine& option : bearing_options(run.config)) {
    options[option.name] = option.text;
  }
  const InputDescription& input = run.plan.input;
  const nlohmann::json identity{{"options", options},
                                {"rows", run.plan.rows},
                                {"columns", input.columns},
                                {"dataset", input.dataset},
                                {"mark", mark_of(input.path)},
                                {"graph mark", mark_of(run.plan.graph.indices.path)},
                                {"init mark", mark_of(run.plan.initial_map.path)},
                                {"earlier map", earlier_of(run)},
                                {"checksum", run.input_checksum},
                                {"weights", run.plan.weights_checksum},
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
      const bool of_the_course = steers(name);
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
  if (kept.value("weights", std::uint64_t{0}) != now.at("weights")) {
    return "the weights of the rows have changed";
  }
  for (const char* name : {"graph", "init"}) {
    if (kept.at(std::string(name) + " mark") != now.at(std::string(name) + " mark")) {
      return fmt::format("the file of --{} has changed", name);
    }
  }
  if (kept.value("earlier map", std::string()) != now.at("earlier map")) {
    return "the map of --align or --fix is another";
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
