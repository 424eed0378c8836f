/// The options of checkpoints and time limits.
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "cli/options.hpp"

namespace distsne {
namespace {

/// Seconds of "90", "90s", "15min", "3h50m", "1d 2h"; empty when it is none of these.
std::optional<double> duration(std::string_view text) {
  constexpr std::pair<std::string_view, double> units[] = {{"min", 60.0}, {"sec", 1.0}, {"d", 86400.0},
                                                           {"h", 3600.0}, {"m", 60.0},  {"s", 1.0}};
  double total = 0.0;
  bool any = false;
  while (!text.empty()) {
    double number = 0.0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || !(number >= 0.0) || number > 1e9) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    double unit = 1.0;
    bool named = false;
    for (const auto& [name, seconds] : units) {
      if (!named && text.starts_with(name)) {
        text.remove_prefix(name.size());
        unit = seconds;
        named = true;
      }
    }
    if (!named && (any || !text.empty())) {
      return std::nullopt;
    }
    while (!text.empty() && text.front() == ' ') {
      text.remove_prefix(1);
    }
    total += number * unit;
    any = true;
  }
  return any ? std::optional(total) : std::nullopt;
}

CLI::Validator duration_or(std::string words, const std::string& shown) {
  return CLI::Validator(
      [words = std::move(words)](std::string& text) {
        const bool fine =
            duration(text) || (!text.empty() && (" " + words + " ").find(" " + text + " ") != std::string::npos);
        return fine ? std::string()
                    : fmt::format("{}: a time like 90s, 15min or 3h50m is wanted{}", text,
                                  words.empty() ? "" : ", or one of: " + words);
      },
      shown, "duration");
}

}  // namespace

void add_checkpoint_options(CLI::App& app, Config& config, RawOptions& raw) {
  const char* group = "Checkpoints and time";
  app.add_option("--checkpoint", config.checkpoint,
                 "What is kept of a run that does not come to its end, so that the same command goes on from there; "
                 "auto: OUTPUT.checkpoint")
      ->type_name("auto|off|FILE")
      ->capture_default_str()
      ->group(group);
  app.add_option("--checkpoint-every", raw.checkpoint_every, "Time between two checkpoints")
      ->check(duration_or("", "TIME"))
      ->capture_default_str()
      ->group(group);
  app.add_option("--max-time", raw.max_time,
                 "Stop in good order after this time, with exit code 75; auto: a minute before the end that Slurm "
                 "announces, if any")
      ->check(duration_or("auto off", "auto|off|TIME"))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--resume-with-changes", config.resume_with_changes,
               "Go on from a checkpoint although iterations, exaggeration, learning rate, momentum or optimizer are "
               "others now; the result names the changes")
      ->configurable(false)
      ->group(group);
  app.add_flag("--restart", config.restart, "Start anew even if there is a checkpoint, and remove it")
      ->configurable(false)
      ->group(group);
}

void finish_checkpoint(Config& config, const RawOptions& raw) {
  config.checkpoint_every = *duration(raw.checkpoint_every);
  config.time_limit = duration(raw.max_time);
  config.time_limit_of_job = raw.max_time == "auto";
}

}  // namespace distsne
