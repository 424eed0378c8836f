/// Laying out pages of the manual, and a script of completions.
#include "cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.hpp"

namespace distsne {
namespace {

/// As text that man takes for text.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) {
      result += std::string("\\&") + c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string bold(const std::string& text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + plain(text) + "\\fR"; }

/// "distsne-embed".
std::string page_name(const std::string& command) {
  std::string name = command;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string head_of(const std::string& name, const std::string& about) {
  std::string capitals = name;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  return fmt::format(".TH {} 1 \"\" \"distsne {}\" \"distsne\"\n.SH NAME\n{} \\- {}\n", plain(capitals), version(),
                     plain(name), plain(about));
}

std::string entry_of(const Option& option) {
  const std::string takes = is_flag(option) ? "" : fmt::format(" {}", italic(option.value.shown));
  const std::string value = is_flag(option) ? "" : option.value.write();
  std::string names = option.positional ? italic(option.value.shown) : bold("--" + option.name) + takes;
  if (option.letter != 0) {
    names = bold(fmt::format("-{}", option.letter)) + ", " + names;
  }
  return fmt::format(".TP\n{}\n{}.{}\n", names, plain(option.help),
                     value.empty() ? "" : " Default: " + bold(value) + ".");
}

constexpr const char* exit_status =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nFailed; the message says why.\n"
    ".TP\n2\nWrong usage or unusable input.\n"
    ".TP\n3\nReading or writing failed.\n"
    ".TP\n75\nStopped before the end by a signal or the clock; the same command goes on.\n";

/// Inside single quotes of a shell.
std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result + "'";
}

}  // namespace

std::string manual_of(const CommandLine& command, const Options& options) {
  std::string text = head_of(page_name(command.name), command.about);
  text += fmt::format(".SH SYNOPSIS\n{}", bold(command.name));
  for (const Option& option : options) {
    if (option.positional) {
      text += ' ' + italic(option.value.shown);
    } else if (option.required) {
      text += ' ' + bold("--" + option.name) + ' ' + italic(option.value.shown);
    }
  }
  text += fmt::format(" [{}]\n.SH DESCRIPTION\n{}.\n.SH OPTIONS\n", italic("OPTIONS"), plain(command.about));
  std::string group;
  for (const Option& option : options) {
    if (option.group != group) {
      group = option.group;
      text += fmt::format(".SS {}\n", plain(group));
    }
    text += entry_of(option);
  }
  return text + exit_status + ".SH SEE ALSO\n.BR distsne (1)\n";
}

std::string manual_of_program(const std::vector<Subcommand>& commands) {
  std::string text = head_of("distsne", "SNE, symmetric SNE and t-SNE maps of large data sets");
  text += fmt::format(".SH SYNOPSIS\n{} {}\n{} [{}]\n.SH COMMANDS\n", bold("mpirun -n"), italic("RANKS"),
                      bold("distsne ") + italic("COMMAND"), italic("OPTIONS"));
  std::string also;
  for (const Subcommand& command : commands) {
    text += fmt::format(".TP\n{} {}\n{}.\n", bold(command.name), plain(command.takes), plain(command.about));
    also += fmt::format("{}.BR distsne\\-{} (1)", also.empty() ? "" : ",\n", command.name);
  }
  return text + exit_status + ".SH SEE ALSO\n" + also + '\n';
}

std::string completion_of(const CommandLine& command, const Options& options) {
  const std::string name = command.name.substr(command.name.find(' ') + 1);
  std::string all;
  std::string cases;
  for (const Option& option : options) {
    if (option.positional) {
      continue;
    }
    all += (all.empty() ? "--" : " --") + option.name;
    const std::string words = fmt::format("{}", fmt::join(option.value.words, " "));
    if (is_flag(option)) {
      continue;
    }
    cases += fmt::format("        --{}{}) words={} ;;\n", option.name,
                         option.letter == 0 ? std::string() : fmt::format("|-{}", option.letter), shell_quoted(words));
  }
  return fmt::format(
      "    {})\n      options={}\n      case $previous in\n{}        *) words=$options ;;\n"
      "      esac\n      ;;\n",
      name, shell_quoted(all), cases);
}

std::string completion_begins(const std::vector<Subcommand>& commands) {
  std::string names;
  for (const Subcommand& command : commands) {
    names += command.name + ' ';
  }
  return fmt::format(R"(# bash completion of distsne; source it, or install it as completions/distsne
_distsne() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} words='' options=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W {} -- "$current")
    return
  fi
  case ${{COMP_WORDS[1]}} in
)",
                     shell_quoted(names + "help --help --version"));
}

std::string completion_ends() {
  return R"(  esac
  if [[ -n $words && ( $current == -* || $words != "$options" ) ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _distsne distsne
)";
}

}  // namespace distsne
