/// Laying out the text of --help of commands whose options are registered with the parser one by one.
#include "cli/help_formatter.hpp"

#include <fmt/format.h>

#include <sstream>

namespace distsne {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t left_width = 36;

std::string wrapped(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string result;
  std::size_t used = 0;
  for (std::string word; words >> word;) {
    if (used > 0 && used + 1 + word.size() > width) {
      result += '\n';
      used = 0;
    }
    result += (used > 0 ? " " : "") + word;
    used += word.size() + (used > 0 ? 1 : 0);
  }
  return result;
}

/// What an option takes. CLI11 writes TYPE:CHECK where a check says more precisely what is allowed.
std::string values_of(const CLI::Option* option) {
  const std::string type = option->get_type_name();
  return type.substr(type.find(':') + 1);
}

}  // namespace

HelpFormatter::HelpFormatter() { column_width(left_width); }

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  std::string usage = "\nUsage: " + (name.empty() ? app->get_name() : name);
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_required() || option->get_positional()) {
      usage += option->get_positional() ? " " + values_of(option)
                                        : fmt::format(" {} {}", option->get_name(false, false), values_of(option));
    }
  }
  return usage + " [OPTIONS]\n";
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  return option->get_type_size() == 0 ? "" : " " + values_of(option);
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  if (!option->get_default_str().empty()) {
    text += fmt::format(" [{}]", option->get_default_str());
  }
  return wrapped(text, line_width - left_width);
}

}  // namespace distsne
