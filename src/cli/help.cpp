/// Laying out the text of --help.
#include "cli/help.hpp"

#include <fmt/format.h>

#include <sstream>

namespace distsne {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t left_width = 36;

/// In lines of the right column.
std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string result;
  std::size_t used = 0;
  for (std::string word; words >> word;) {
    if (used > 0 && used + 1 + word.size() > line_width - left_width) {
      result += '\n' + std::string(left_width, ' ');
      used = 0;
    }
    result += (used > 0 ? " " : "") + word;
    used += word.size() + (used > 0 ? 1 : 0);
  }
  return result;
}

std::string line_of(const Option& option) {
  const std::string letter = option.letter == 0 ? "" : fmt::format("-{},", option.letter);
  const std::string left = fmt::format("  {}{}{}{}{}", letter, option.positional ? "" : "--", option.name,
                                       is_flag(option) ? "" : " ", option.value.shown);
  const std::string value = is_flag(option) ? "" : option.value.write();
  const std::string right = wrapped(option.help + (value.empty() ? "" : fmt::format(" [{}]", value)));
  const std::string between =
      left.size() < left_width ? std::string(left_width - left.size(), ' ') : '\n' + std::string(left_width, ' ');
  return left + between + right + '\n';
}

}  // namespace

std::string help_of(const CommandLine& command, const Options& options) {
  std::string usage = "Usage: " + command.name;
  std::string positionals;
  for (const Option& option : options) {
    if (option.positional) {
      usage += ' ' + option.value.shown;
      positionals += line_of(option);
    } else if (option.required) {
      usage += fmt::format(" --{} {}", option.name, option.value.shown);
    }
  }
  std::string text = fmt::format("{}\n\n{} [OPTIONS]\n\n", command.about, usage);
  text += positionals.empty() ? "" : "Positionals:\n" + positionals + '\n';
  std::string group;
  for (const Option& option : options) {
    if (option.positional) {
      continue;
    }
    if (option.group != group) {
      text += fmt::format("{}{}:\n", group.empty() ? "" : "\n", option.group);
      group = option.group;
    }
    text += line_of(option);
  }
  return text;
}

}  // namespace distsne
