/// Stopping in good order: at a signal, or when the time is up.
#pragma once

#include <functional>
#include <string>

#include "distsne/base/error.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Not collective. From now on SIGTERM, SIGUSR1 and SIGINT ask this rank to stop; a second SIGINT ends the process at
/// once.
void watch_signals();

/// Not collective. Asks this rank to stop when so many seconds have passed since the program started.
void limit_time(double seconds);

/// Lets the owner of a piece of work stop it: `asks` is called by stop_if_asked and polled_stop_request, in the thread
/// that calls those, until it says true or this object is gone. One at a time.
class StopScope {
 public:
  explicit StopScope(std::function<bool()> asks);
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;
  StopScope(StopScope&&) = delete;
  StopScope& operator=(StopScope&&) = delete;
  ~StopScope();
};

/// Not collective. Asks the owner of a StopScope, if there is one, and returns own_stop_request().
[[nodiscard]] double polled_stop_request();

/// Not collective, and from any thread. What this rank is asked: 0 for nothing, else a number that stop_reason() puts
/// into words. To be agreed on by the largest of all ranks.
[[nodiscard]] double own_stop_request();

/// Not collective. Whether this rank is asked to stop, and so stays. The rest of a long piece of work may then be left
/// undone when stop_if_asked() comes before anything is made of it.
[[nodiscard]] inline bool asked_to_stop() { return own_stop_request() > 0.0; }

[[nodiscard]] std::string stop_reason(double request);

/// The error that a stop is for a stage that cannot be left halfway. Every rank throws it.
class Stopped : public Error {
 public:
  explicit Stopped(const std::string& reason) : Error("stopped by " + reason, ExitCode::stopped, Known::everywhere) {}
};

/// Collective. Throws Stopped everywhere when any rank is asked to stop. Long stages call it every few seconds at the
/// most.
void stop_if_asked(const Communicator& comm);

}  // namespace distsne
