/// The text of --dump-config and --config.
#pragma once

#include <CLI/CLI.hpp>
#include <istream>
#include <string>
#include <vector>

namespace distsne {

/// One option a line, name=value or name="value"; between quotes, where values with blanks, # or quotes belong, stand
/// \" for a quote, \\ for a backslash and \n for a line break. Blank lines are skipped, and comments from # to the end
/// of a line.
class ConfigFile : public CLI::Config {
 public:
  std::string to_config(const CLI::App* app, bool defaults_too, bool describe, std::string prefix) const override;
  std::vector<CLI::ConfigItem> from_config(std::istream& stream) const override;
};

}  // namespace distsne
