/// Reading the colors of classes.
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/plot_options.hpp"
#include "distsne/base/error.hpp"

namespace distsne {
namespace {

Color color_or_throw(const std::string& path, const std::string& name, const std::string& text) {
  const std::optional<Color> color = parse_color(text);
  if (!color) {
    throw Error(fmt::format("'{}', color of '{}': '{}' is no color; write it as #RRGGBB", path, name, text),
                ExitCode::bad_input);
  }
  return *color;
}

std::map<std::string, Color> from_json(const std::string& path, const std::string& text) {
  const nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object()) {
    throw Error(fmt::format("'{}' is no JSON object of names and colors", path), ExitCode::bad_input);
  }
  std::map<std::string, Color> colors;
  for (const auto& [name, value] : parsed.items()) {
    colors[name] = color_or_throw(path, name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return colors;
}

/// Without blanks and quotes around it.
std::string bare(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\"");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\"") + 1 - first);
}

}  // namespace

std::map<std::string, Color> read_colors(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) {
    throw Error(fmt::format("cannot read the colors in '{}': check that the file exists and is not empty", path),
                ExitCode::bad_input);
  }
  const std::string text = bytes.str();
  if (text.find_first_not_of(" \t\r\n") != std::string::npos && text[text.find_first_not_of(" \t\r\n")] == '{') {
    return from_json(path, text);
  }
  std::map<std::string, Color> colors;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    // The color is what follows the last tab or comma: names may hold commas.
    const std::size_t separator = line.find_last_of("\t,");
    if (bare(line).empty()) {
      continue;
    }
    if (separator == std::string::npos) {
      throw Error(fmt::format("'{}', line {}: a name, a tab or comma, and a color are wanted", path, number),
                  ExitCode::bad_input);
    }
    const std::string name = bare(line.substr(0, separator));
    const std::string value = bare(line.substr(separator + 1));
    if (number == 1 && !parse_color(value)) {
      continue;  // a heading
    }
    colors[name] = color_or_throw(path, name, value);
  }
  return colors;
}

}  // namespace distsne
