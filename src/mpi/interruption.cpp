/// Signals and the clock.
#include "mpi/interruption.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <limits>
#include <utility>

#include "distsne/base/timer.hpp"

namespace distsne {
namespace {

volatile std::sig_atomic_t received_signal = 0;
const double program_start = now_seconds();
double time_limit = std::numeric_limits<double>::infinity();
constexpr double time_is_up = 1000.0;  // above all signals
constexpr double owner_asks = 999.0;
std::function<bool()> ask_owner;
std::atomic<bool> owner_has_asked = false;

void on_signal(int number) {
  if (number == SIGINT && received_signal == SIGINT) {
    ::_exit(128 + SIGINT);
  }
  received_signal = number;
}

}  // namespace

void watch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // reads and writes go on
  for (const int number : {SIGTERM, SIGUSR1, SIGINT}) {
    ::sigaction(number, &action, nullptr);
  }
}

void limit_time(double seconds) { time_limit = program_start + seconds; }

double own_stop_request() {
  const int signal = received_signal;
  return signal != 0 ? signal : owner_has_asked ? owner_asks : now_seconds() >= time_limit ? time_is_up : 0.0;
}

StopScope::StopScope(std::function<bool()> asks) { ask_owner = std::move(asks); }

StopScope::~StopScope() {
  ask_owner = nullptr;
  owner_has_asked = false;
}

double polled_stop_request() {
  if (ask_owner && !owner_has_asked) {
    owner_has_asked = ask_owner();
  }
  return own_stop_request();
}

std::string stop_reason(double request) {
  if (request == time_is_up) {
    return "the time limit";
  }
  if (request == owner_asks) {
    return "its caller";
  }
  switch (static_cast<int>(request)) {
    case SIGTERM:
      return "SIGTERM";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGINT:
      return "SIGINT";
    default:
      return "a signal";
  }
}

void stop_if_asked(const Communicator& comm) {
  const double request = comm.max(polled_stop_request());
  if (request > 0.0) {
    throw Stopped(stop_reason(request));
  }
}

}  // namespace distsne
