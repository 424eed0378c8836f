/// Reading back the options that a result holds.
#include "cli/run_config.hpp"

#include <fmt/format.h>

#include "distsne/base/error.hpp"
#include "pipeline/options.hpp"

namespace distsne {

Config config_of_run(const std::string& text) {
  Config config;
  const Options options = run_options(config, Command::embed);
  try {
    for (const ConfigLine& line : read_config(text)) {
      set_option(options, line.name, line.text);
    }
    config.init = "random";
    config.align.clear();
    config.fix.clear();
    complete(config);
  } catch (const Error& error) {
    throw Error(fmt::format("the options of the run that a map's file holds (attribute config) cannot be read: {}; was "
                            "it made by another version of distsne?",
                            error.what()),
                ExitCode::bad_input);
  }
  config.text = text;
  return config;
}

}  // namespace distsne
