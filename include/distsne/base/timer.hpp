/// Wall-clock timers of named phases, which also count what is sent in them.
#pragma once

#include <map>
#include <string>

#include "distsne/base/traffic.hpp"

namespace distsne {

/// Seconds since a fixed point in the past; never runs backwards.
[[nodiscard]] double now_seconds();

/// Sums of the seconds that this process spent in each named phase, and of what it sent.
class Timers {
 public:
  /// Adds the life of this object to a phase.
  class Scope {
   public:
    Scope(Timers& timers, std::string phase)
        : timers_(timers), phase_(std::move(phase)), start_(now_seconds()), sent_before_(traffic()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Scope(Scope&&) = delete;
    Scope& operator=(Scope&&) = delete;
    ~Scope() {
      timers_.seconds_[phase_] += now_seconds() - start_;
      timers_.sent_[phase_] += traffic() - sent_before_;
    }

   private:
    Timers& timers_;
    std::string phase_;
    double start_;
    Traffic sent_before_;
  };

  [[nodiscard]] Scope scope(std::string phase) { return Scope(*this, std::move(phase)); }
  [[nodiscard]] double seconds(const std::string& phase) const {
    const auto found = seconds_.find(phase);
    return found == seconds_.end() ? 0.0 : found->second;
  }
  [[nodiscard]] const std::map<std::string, double>& seconds() const { return seconds_; }
  /// Sent by this process in each phase.
  [[nodiscard]] const std::map<std::string, Traffic>& sent() const { return sent_; }

 private:
  std::map<std::string, double> seconds_;
  std::map<std::string, Traffic> sent_;
};

}  // namespace distsne
