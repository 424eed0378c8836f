/// What a run says while it goes on: a live line on a terminal, plain lines in a log.
#pragma once

#include <cstdint>
#include <fstream>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "distsne/pipeline/observer.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Messages to standard error, from rank 0 only.
class Progress : public MapObserver {
 public:
  /// `log_json`: a file to which the same is appended for programs, an object on each line; empty: none. It has been
  /// found writable before.
  Progress(bool speaks, Verbosity verbosity, const std::string& log_json);

  /// A line for everyone but --quiet.
  void say(const std::string& line) override;
  /// A line for --verbose only.
  void detail(const std::string& line) override;
  /// The line of a stage that is done: its time, and what came of it.
  void done(const char* stage, double seconds, const std::string& result) override;
  /// A line of the log for programs: the event, when it was, and some fields.
  void record(const char* event, nlohmann::json fields);
  /// On a terminal, names the stage that is being worked on, until the next line.
  void working(const char* stage) override;
  /// Reports an iteration: on a terminal a line that is written over a few times a second, elsewhere a line for each
  /// measurement.
  void iteration(const IterationReport& report) override;

 private:
  void clear_live_line();

  bool speaks_;
  std::ofstream log_;
  Verbosity verbosity_;
  bool terminal_;
  bool live_ = false;      // a live line stands on the terminal
  double started_ = -1.0;  // when the first iteration was reported
  double last_shown_ = -1.0;
  double last_measured_ = -1.0;
  int last_measured_iteration_ = 0;
};

/// Whether what this process writes to standard error ends up on a terminal, through mpirun too.
[[nodiscard]] bool on_terminal();

/// "1:23:45", "2:05" or "7 s".
[[nodiscard]] std::string readable_seconds(double seconds);

/// "1 rank", "2 ranks".
[[nodiscard]] std::string counted(std::int64_t count, const char* what);

}  // namespace distsne
