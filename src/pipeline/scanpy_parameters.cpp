/// Options as scanpy has them: numbers as numbers, and what was chosen in place of auto.
#include "pipeline/scanpy_parameters.hpp"

#include <algorithm>
#include <charconv>

#include "distsne/affinity/options.hpp"
#include "distsne/embed/schedule.hpp"
#include "pipeline/options.hpp"

namespace distsne {
namespace {

/// A whole text as a number, or not.
template <class Number>
std::optional<Number> number_of(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional<Number>(number) : std::nullopt;
}

ExportValue value_of(const Option& option, const std::string& text) {
  if (is_flag(option)) {
    return text == "true";
  }
  if (const auto integer = number_of<std::int64_t>(text)) {
    return *integer;
  }
  if (const auto number = number_of<double>(text)) {
    return *number;
  }
  return text;
}

/// The matrix of an AnnData file, as scanpy names it: X_pca for obsm/X_pca.
std::string representation(const std::string& input) {
  const std::size_t colon = input.rfind(":/");
  std::string name = colon == std::string::npos ? std::string() : input.substr(colon + 2);
  constexpr std::string_view group = "obsm/";
  return name.starts_with(group) ? name.substr(group.size()) : name;
}

}  // namespace

std::vector<ExportParameter> scanpy_parameters(const MapDescription& map, const std::optional<Config>& run) {
  std::vector<ExportParameter> parameters;
  if (!run) {
    return parameters;
  }
  const auto set = [&](std::string name, ExportValue value) {
    std::replace(name.begin(), name.end(), '-', '_');
    const auto same = [&](const ExportParameter& one) { return one.name == name; };
    const auto place = std::find_if(parameters.begin(), parameters.end(), same);
    if (place == parameters.end()) {
      parameters.push_back({name, std::move(value)});
    } else {
      place->value = std::move(value);
    }
  };
  Config config = *run;
  const Options options = run_options(config, Command::embed);
  for (const ConfigLine& line : read_config(map.config)) {
    const Option* const option = find_option(options, line.name);
    const bool idle = line.name == "perplexity" && config.affinity.kind != AffinityKind::perplexity;
    if (option != nullptr && !option->positional && !idle) {
      set(line.name, value_of(*option, line.text));
    }
  }
  const GlobalIndex rows = map.embedding.rows;
  if (config.affinity.kind == AffinityKind::perplexity) {
    const std::optional<LocalIndex> neighbors =
        map.neighbors > 0 ? std::optional(narrow<LocalIndex>(map.neighbors)) : std::nullopt;
    const AffinityOptions fitted = fitted_to(config.affinity, rows, neighbors);
    if (fitted.perplexities.size() == 1) {
      set("perplexity", fitted.perplexities.front());
    }
  }
  const std::vector<Phase> phases = phases_of(config.schedule, config.objective.method, rows);
  if (!phases.empty()) {
    set("early_exaggeration", phases.front().first.exaggeration);
    set("learning_rate", phases.front().first.learning_rate);
  }
  if (const std::string name = representation(map.input); !name.empty()) {
    set("use_rep", name);
  }
  return parameters;
}

}  // namespace distsne
