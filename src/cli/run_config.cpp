/// Reading back the options that a result holds.
#include "cli/run_config.hpp"

#include <fmt/format.h>

#include <sstream>

#include "cli/config_file.hpp"
#include "cli/options.hpp"

namespace distsne {

Config config_of_run(const std::string& text) {
  Config config;
  RawOptions raw;
  CLI::App app("", "distsne embed");
  add_job_options(app, config, raw, false);
  add_run_options(app, config, raw);
  app.config_formatter(std::make_shared<ConfigFile>());
  app.allow_config_extras(CLI::config_extras_mode::error);
  try {
    std::istringstream stream(text);
    app.parse_from_stream(stream);
    raw.init = "random";
    finish_job(config, raw);
  } catch (const CLI::ParseError& error) {
    throw Error(fmt::format("the options of the run that a map's file holds (attribute config) cannot be read: {}; was "
                            "it made by another version of distsne?",
                            error.what()),
                ExitCode::bad_input);
  }
  config.text = text;
  return config;
}

}  // namespace distsne
