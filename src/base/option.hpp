/// A table of options: all that the command line, config files and checkpoints need to know of each.
#pragma once

#include <string>
#include <vector>

#include "base/option_value.hpp"

namespace distsne {

/// What an option has an effect with: another option at one of some words, or at anything but these.
struct Serves {
  std::string option;
  std::vector<std::string> words;
  bool others = false;  ///< the words are those with which it has none
};

struct Option {
  std::string name;   ///< behind --, and in config files; of a positional one, its name in messages
  OptionValue value;  ///< where it goes, which holds the default as long as nobody has set it
  std::string group;  ///< under which heading it is listed
  std::string help;   ///< what it does and in which unit, in a sentence without a full stop
  char letter = 0;    ///< of its short form; 0: none
  bool positional = false;
  bool required = false;
  bool configurable = true;   ///< may stand in a config file, and is dumped
  bool bears = true;          ///< a run with another value is another run, so that a checkpoint does not serve it
  bool steers = false;        ///< says how the iterations go: may be changed on the way, with --resume-with-changes
  std::string excludes = {};  ///< name of the option that it cannot be combined with
  std::vector<Serves> serves = {};  ///< all of them; none: it always has an effect
};

[[nodiscard]] inline bool is_flag(const Option& option) { return option.value.shown.empty(); }

using Options = std::vector<Option>;

/// The one of that name, or nullptr.
[[nodiscard]] const Option* find_option(const Options& options, const std::string& name);

/// Sets an option from text. Throws Error (bad input) that names the option, also when there is none of this name.
void set_option(const Options& options, const std::string& name, const std::string& text);

/// A line of a config file.
struct ConfigLine {
  std::string name;
  std::string text;
};

/// All configurable options as a config file that `read_config` reads: one a line, name=value or name="value";
/// `describe`: with headings and what each does.
[[nodiscard]] std::string write_config(const Options& options, bool describe);

/// The lines of a config file: between quotes, where values with blanks, # or quotes belong, stand \" for a quote,
/// \\ for a backslash and \n for a line break. Blank lines are skipped, and comments from # to the end of a line.
/// Throws Error (bad input) that names the line.
[[nodiscard]] std::vector<ConfigLine> read_config(const std::string& text);

}  // namespace distsne
