/// Writing all options of a table as text, and reading them back.
#include "base/option.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include "distsne/base/error.hpp"

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
  throw Error(fmt::format("line {}: {}: {}", number, trimmed(line), reason), ExitCode::bad_input);
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

const Option* find_option(const Options& options, const std::string& name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

void set_option(const Options& options, const std::string& name, const std::string& text) {
  const Option* const option = find_option(options, name);
  if (option == nullptr) {
    throw Error(fmt::format("unknown option '{}'", name), ExitCode::bad_input);
  }
  if (const std::string wrong = option->value.read(text); !wrong.empty()) {
    throw Error(fmt::format("{}{}: {}", option->positional ? "" : "--", name, wrong), ExitCode::bad_input);
  }
}

std::string write_config(const Options& options, bool describe) {
  std::string text;
  std::string group;
  for (const Option& option : options) {
    if (!option.configurable) {
      continue;
    }
    if (describe && option.group != group) {
      group = option.group;
      text += fmt::format("{}# {}\n\n", text.empty() ? "" : "\n", group);
    }
    if (describe) {
      text += fmt::format("# {}\n", option.help);
    }
    text += fmt::format("{}={}\n", option.name, written(option.value.write()));
  }
  return text;
}

std::vector<ConfigLine> read_config(const std::string& text) {
  std::vector<ConfigLine> found;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string content = trimmed(line);
    if (content.empty() || content.front() == '#') {
      continue;
    }
    const std::size_t equals = content.find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse(number, line, "NAME=VALUE is wanted");
    }
    const std::string name = trimmed(content.substr(0, equals));
    const std::string behind = trimmed(content.substr(equals + 1));
    const Value parsed = behind.starts_with('"') ? parse_quoted(behind, number, line) : parse_bare(behind);
    if (!parsed.rest.empty() && parsed.rest.front() != '#') {
      refuse(number, line, fmt::format("'{}' behind the value; use quotes around values with blanks", parsed.rest));
    }
    if (std::any_of(found.begin(), found.end(), [&](const ConfigLine& one) { return one.name == name; })) {
      refuse(number, line, "this option stands on an earlier line too");
    }
    found.push_back({name, parsed.value});
  }
  return found;
}

}  // namespace distsne
