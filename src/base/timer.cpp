/// The clock of the program. Apart from the timers, so that a simulation can put another in its place.
#include "distsne/base/timer.hpp"

#include <chrono>

namespace distsne {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace distsne
