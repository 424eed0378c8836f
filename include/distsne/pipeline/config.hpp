/// Everything that a run of `distsne embed` depends on: the options of its stages, side by side.
#pragma once

#include <cstdint>
#include <string>

#include "distsne/affinity/conditional.hpp"
#include "distsne/embed/initialization.hpp"
#include "distsne/embed/objective.hpp"
#include "distsne/embed/schedule.hpp"
#include "distsne/io/input.hpp"

namespace distsne {

/// Type of points and affinities. Sums over rows are kept in double or integers with either.
enum class Precision { single, full };

/// How much the run says on standard error.
enum class Verbosity { quiet, normal, verbose };

struct Config {
  InputOptions input;
  std::string output;

  Method method = Method::tsne;
  int dims = 2;       ///< M, 1 to 3
  double tail = 1.0;  ///< a of the kernel (1 + d^2/a)^-a of tsne; below 1: heavier tails, more and smaller clusters
  AffinityOptions affinity;
  InitializationOptions initialization;
  InputOptions initial_map;  ///< the file and dataset of --init FILE
  ScheduleOptions schedule;

  std::uint64_t seed = 42;
  Precision precision = Precision::single;
  int threads = 0;         ///< per rank; 0: the cores of the node shared out among its ranks
  int measure_every = 50;  ///< iterations between two entries of the history
  Verbosity verbosity = Verbosity::normal;
  std::string text;  ///< all options as --config reads them
};

}  // namespace distsne
