/// Parsing arguments on all ranks alike.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/config_file.hpp"
#include "cli/help.hpp"
#include "distsne/mpi/agreement.hpp"

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
  if (dynamic_cast<const CLI::FileError*>(&error) != nullptr) {
    return fmt::format("--config: '{}' cannot be read", text.substr(0, text.find(" was not readable")));
  }
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) {
    const std::string start = "INI was not able to parse ";
    return text.starts_with(start) ? fmt::format("--config: unknown option '{}'", text.substr(start.size()))
                                   : "--config: " + text;
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && text.find("At Most 1") != std::string::npos) {
    return text.substr(0, text.find(": At Most 1")) + " is given more than once";
  }
  return text;
}

}  // namespace

bool parse(const Communicator& comm, CLI::App& app, const Arguments& arguments, const std::function<void()>& after) {
  app.formatter(std::make_shared<HelpFormatter>());
  const std::string last_group = app.get_options().back()->get_group();
  app.set_help_flag("-h,--help", "Print this help and stop")->group(last_group);
  app.config_formatter(std::make_shared<ConfigFile>());
  app.allow_config_extras(CLI::config_extras_mode::error);
  bool help = false;
  attempt_everywhere(comm, [&] {
    try {
      Arguments reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 takes
      app.parse(std::move(reversed));
      after();
    } catch (const CLI::CallForHelp&) {
      help = true;
    } catch (const CLI::ParseError& error) {
      throw Error(fmt::format("{}\nTry '{} --help'.", complaint(app, error), app.get_name()), ExitCode::bad_input);
    }
  });
  if (help && comm.is_root()) {
    fmt::print("{}", app.help());
  }
  return !help;
}

}  // namespace distsne
