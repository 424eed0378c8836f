/// Parsing arguments on all ranks alike.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/manual.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// What is wrong, in words that need no knowledge of the parser.
std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> unknown = app.remaining();
    const auto option =
        std::find_if(unknown.begin(), unknown.end(), [](const std::string& one) { return one.starts_with('-'); });
    return option != unknown.end() ? fmt::format("unknown option '{}'", *option)
                                   : fmt::format("unexpected argument '{}'", unknown.front());
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && text.find("At Most 1") != std::string::npos) {
    return text.substr(0, text.find(": At Most 1")) + " is given more than once";
  }
  return text;
}

/// Registers an option with the parser; what it is given is set at once.
void add(CLI::App& app, const Options& options, const Option& option, std::set<std::string>& given) {
  const std::string letter = option.letter == 0 ? "" : fmt::format("-{},", option.letter);
  const std::string names = option.positional ? option.name : letter + "--" + option.name;
  const auto set = [&options, &given, name = option.name](const std::string& text) {
    set_option(options, name, text);
    given.insert(name);
  };
  if (is_flag(option)) {
    app.add_flag_function(names, [set](std::int64_t) { set(""); });
  } else if (option.value.repeats) {
    const auto set_all = [set](const std::vector<std::string>& all) { std::for_each(all.begin(), all.end(), set); };
    app.add_option_function<std::vector<std::string>>(names, set_all)->allow_extra_args(option.positional);
  } else {
    app.add_option_function<std::string>(names, set);
  }
}

void parse_arguments(const CommandLine& command, const Options& options, const Arguments& arguments,
                     std::set<std::string>& given) {
  CLI::App app(command.about, command.name);
  app.set_help_flag("");
  for (const Option& option : options) {
    add(app, options, option, given);
  }
  for (const Option& option : options) {
    if (!option.excludes.empty()) {
      app.get_option("--" + option.excludes)->excludes(app.get_option("--" + option.name));
    }
  }
  try {
    Arguments reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 takes
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    throw Error(complaint(app, error), ExitCode::bad_input);
  }
}

/// Options of a file that the command line has not given.
void read_config_file(const std::string& path, const Options& options, std::set<std::string>& given) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw Error(fmt::format("--config: '{}' cannot be read", path), ExitCode::bad_input);
  }
  std::vector<ConfigLine> lines;
  try {
    lines = read_config(text.str());
  } catch (const Error& error) {
    throw Error(fmt::format("--config: {}", error.what()), ExitCode::bad_input);
  }
  for (const ConfigLine& line : lines) {
    const Option* const option = find_option(options, line.name);
    if (option == nullptr || !option->configurable) {
      throw Error(fmt::format("--config: unknown option '{}'", line.name), ExitCode::bad_input);
    }
    if (given.insert(line.name).second) {
      set_option(options, line.name, line.text);
    }
  }
}

/// Whether the arguments want no more than a description of the command, which rank 0 prints then.
bool described(const Communicator& comm, const CommandLine& command, const Options& options,
               const Arguments& arguments) {
  const std::string only = arguments.size() == 1 ? arguments.front() : "";
  if (only != manual_wanted && only != completion_wanted) {
    return false;
  }
  if (comm.is_root()) {
    fmt::print("{}", only == manual_wanted ? manual_of(command, options) : completion_of(command, options));
  }
  return true;
}

void require_the_required(const Options& options, const std::set<std::string>& given) {
  for (const Option& option : options) {
    if (option.required && given.count(option.name) == 0) {
      throw Error(fmt::format("{}{} is required", option.positional ? "" : "--", option.name), ExitCode::bad_input);
    }
  }
}

}  // namespace

Options all_options(const CommandLine& command, std::string& config_file, bool& dump_config, bool& help) {
  Options options = command.options;
  const std::string last = options.back().group;
  if (command.has_config) {
    options.push_back({.name = "config",
                       .value = text(config_file, "FILE"),
                       .group = last,
                       .help = "Read options from a file as --dump-config writes it; the command line wins",
                       .configurable = false});
    options.push_back({.name = "dump-config",
                       .value = flag(dump_config),
                       .group = last,
                       .help = "Print all effective options and stop",
                       .configurable = false});
  }
  options.push_back({.name = "help",
                     .value = flag(help),
                     .group = last,
                     .help = "Print this help and stop",
                     .letter = 'h',
                     .configurable = false});
  return options;
}

bool parse(const Communicator& comm, const CommandLine& command, const Arguments& arguments,
           const std::function<void()>& after) {
  std::string config_file;
  bool dump_config = false;
  bool help = false;
  const Options options = all_options(command, config_file, dump_config, help);
  if (described(comm, command, options, arguments)) {
    return false;
  }
  const std::string defaults = help_of(command, options);
  std::set<std::string> given;
  attempt_everywhere(comm, [&] {
    try {
      parse_arguments(command, options, arguments, given);
      if (help) {
        return;
      }
      if (!config_file.empty()) {
        read_config_file(config_file, options, given);
      }
      require_the_required(options, given);
      after();
    } catch (const Error& error) {
      throw Error(fmt::format("{}\nTry '{} --help'.", error.what(), command.name), error.code());
    }
  });
  if (help && comm.is_root()) {
    fmt::print("{}", defaults);
  } else if (dump_config && comm.is_root()) {
    fmt::print("{}", write_config(command.options, true));
  }
  return !help && !dump_config;
}

}  // namespace distsne
