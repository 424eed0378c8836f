/// Wall-clock timers of named phases.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace distsne {

/// Seconds since a fixed point in the past; never runs backwards.
[[nodiscard]] inline double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Sums of the seconds that this process spent in each named phase.
class Timers {
 public:
  /// Adds the life of this object to a phase.
  class Scope {
   public:
    Scope(Timers& timers, std::string phase) : timers_(timers), phase_(std::move(phase)), start_(now_seconds()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Scope(Scope&&) = delete;
    Scope& operator=(Scope&&) = delete;
    ~Scope() { timers_.seconds_[phase_] += now_seconds() - start_; }

   private:
    Timers& timers_;
    std::string phase_;
    double start_;
  };

  [[nodiscard]] Scope scope(std::string phase) { return Scope(*this, std::move(phase)); }
  [[nodiscard]] double seconds(const std::string& phase) const {
    const auto found = seconds_.find(phase);
    return found == seconds_.end() ? 0.0 : found->second;
  }
  [[nodiscard]] const std::map<std::string, double>& seconds() const { return seconds_; }

 private:
  std::map<std::string, double> seconds_;
};

}  // namespace distsne
