/// Writing all options of a command as text, and reading them back.
#include "cli/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace distsne {
namespace {

constexpr const char* blanks = " \t\r";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// In quotes where it needs them.
std::string written(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.+-/:").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) {
    return value;
  }
  std::string text = "\"";
  for (const char c : value) {
    text += c == '"' || c == '\\' ? std::string{'\\', c} : c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text + '"';
}

[[noreturn]] void refuse(int number, const std::string& line, const std::string& reason) {
  throw CLI::ConfigError(fmt::format("line {}: {}: {}", number, trimmed(line), reason));
}

/// The value at the start of `text`, and what stands behind it.
struct Value {
  std::string value;
  std::string rest;
};

Value parse_quoted(const std::string& text, int number, const std::string& line) {
  Value result;
  std::size_t place = 1;
  for (; place < text.size() && text[place] != '"'; ++place) {
    if (text[place] == '\\' && place + 1 < text.size()) {
      ++place;
      result.value += text[place] == 'n' ? '\n' : text[place];
    } else {
      result.value += text[place];
    }
  }
  if (place >= text.size()) {
    refuse(number, line, "the closing quote is missing");
  }
  result.rest = trimmed(text.substr(place + 1));
  return result;
}

Value parse_bare(const std::string& text) {
  const std::size_t end = std::min(text.find_first_of(std::string(blanks) + "#"), text.size());
  return {text.substr(0, end), trimmed(text.substr(end))};
}

}  // namespace

std::string ConfigFile::to_config(const CLI::App* app, bool defaults_too, bool describe, std::string prefix) const {
  std::string text;
  std::string group;
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_configurable() || (option->empty() && !defaults_too)) {
      continue;
    }
    if (describe && option->get_group() != group) {
      group = option->get_group();
      text += fmt::format("{}# {}\n\n", text.empty() ? "" : "\n", group);
    }
    if (describe) {
      text += fmt::format("# {}\n", option->get_description());
    }
    text += fmt::format("{}{}={}\n", prefix, option->get_single_name(),
                        written(option->empty() ? option->get_default_str() : option->results().front()));
  }
  return text;
}

std::vector<CLI::ConfigItem> ConfigFile::from_config(std::istream& stream) const {
  std::vector<CLI::ConfigItem> found;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::string text = trimmed(line);
    if (text.empty() || text.front() == '#') {
      continue;
    }
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse(number, line, "NAME=VALUE is wanted");
    }
    CLI::ConfigItem item;
    item.name = trimmed(text.substr(0, equals));
    const std::string behind = trimmed(text.substr(equals + 1));
    const Value parsed = behind.starts_with('"') ? parse_quoted(behind, number, line) : parse_bare(behind);
    if (!parsed.rest.empty() && parsed.rest.front() != '#') {
      refuse(number, line, fmt::format("'{}' behind the value; use quotes around values with blanks", parsed.rest));
    }
    if (std::any_of(found.begin(), found.end(), [&](const CLI::ConfigItem& one) { return one.name == item.name; })) {
      refuse(number, line, "this option stands on an earlier line too");
    }
    item.inputs = {parsed.value};
    found.push_back(item);
  }
  return found;
}

}  // namespace distsne
