/// What the loop tells about each iteration.
#pragma once

#include "distsne/embed/schedule.hpp"

namespace distsne {

/// Where the loop stands, for whoever watches it.
struct IterationReport {
  int iteration = 0;         ///< updates made
  int total_iterations = 0;  ///< at most, where the end is found
  bool open_end = false;     ///< the end is found
  const Phase* phase = nullptr;
  Step step;        ///< what this iteration takes of its phase
  double kl = 0.0;  ///< the last cost that was computed
  double gradient_norm = 0.0;
  double force_error = 0.0;  ///< as last measured
  bool measured = false;     ///< kl and gradient_norm are of this iteration
};

}  // namespace distsne
