/// Errors that end a run, and the exit code each of them ends it with.
#pragma once

#include <stdexcept>
#include <string>

namespace distsne {

/// Exit codes of the program, as the README lists them.
enum class ExitCode : int {
  done = 0,
  failure = 1,     ///< anything that the other codes do not name
  bad_input = 2,   ///< wrong usage or unusable input
  io_failure = 3,  ///< reading or writing failed
  stopped = 75     ///< asked to stop before the end, by a signal or the clock; the same command goes on
};

/// Which ranks know of an error.
enum class Known {
  here,       ///< perhaps only the one that throws, which has to abort the others
  everywhere  ///< every rank throws this same error at the same place, so that all can end in good order
};

/// Any error that ends the run. The message is written for the user: it names the place and the remedy.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, ExitCode code, Known known = Known::here)
      : std::runtime_error(message), code_(code), known_(known) {}

  [[nodiscard]] ExitCode code() const noexcept { return code_; }
  [[nodiscard]] Known known() const noexcept { return known_; }
  [[nodiscard]] bool everywhere() const noexcept { return known_ == Known::everywhere; }

 private:
  ExitCode code_;
  Known known_;
};

/// The map has left the range that can be computed with; thrown everywhere.
class DivergedMap : public Error {
 public:
  explicit DivergedMap(const std::string& sign) : Error(sign, ExitCode::failure, Known::everywhere) {}
};

}  // namespace distsne
