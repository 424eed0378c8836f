/// The text of --help of commands whose options are registered with the parser one by one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace distsne {

/// Two columns of lines that fit a terminal: options with what they take; what they do, with the default in brackets.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace distsne
