/// Whom the stages of a map tell how they get on, and who may stop them.
#pragma once

#include <string>

#include "distsne/embed/iteration_report.hpp"

namespace distsne {

/// Every function is called on every rank, in the thread that asked for the map, and does nothing unless it is
/// overridden. None may throw, or communicate over the map's communicator.
class MapObserver {
 public:
  MapObserver() = default;
  MapObserver(const MapObserver&) = delete;
  MapObserver& operator=(const MapObserver&) = delete;
  MapObserver(MapObserver&&) = delete;
  MapObserver& operator=(MapObserver&&) = delete;
  virtual ~MapObserver() = default;

  /// A line that a user should read; of something to beware of it begins with "note: ".
  virtual void say(const std::string& /*line*/) {}
  /// A line for users who want to know more.
  virtual void detail(const std::string& /*line*/) {}
  /// A stage begins.
  virtual void working(const char* /*stage*/) {}
  /// A stage is done, after so many seconds, with this result.
  virtual void done(const char* /*stage*/, double /*seconds*/, const std::string& /*result*/) {}
  /// Before the first iteration and after every one.
  virtual void iteration(const IterationReport& /*report*/) {}
  /// Asked every few seconds at the least, and after every iteration: true from one rank stops all of them.
  virtual bool wants_stop() { return false; }
};

}  // namespace distsne
