/// Everything that a run of `distsne embed` depends on: the options of its stages, side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "distsne/affinity/options.hpp"
#include "distsne/base/words.hpp"
#include "distsne/embed/initialization.hpp"
#include "distsne/embed/objective.hpp"
#include "distsne/embed/schedule.hpp"
#include "distsne/io/input.hpp"
#include "distsne/neighbors/neighbors.hpp"
#include "distsne/reduce/metric.hpp"
#include "distsne/reduce/preprocess.hpp"

namespace distsne {

/// Type of points and affinities. Sums over rows are kept in double or integers with either.
enum class Precision { single, full };

inline constexpr Word<Precision> precision_words[] = {{"float", Precision::single}, {"double", Precision::full}};

/// How much the run says on standard error.
enum class Verbosity { quiet, normal, verbose };

/// Which rows are compared with which.
enum class NeighborChoice {
  automatic,   ///< all for small data, else the nearest, exactly where that is quick
  all,         ///< every row with every other: dense P, N^2 values over all ranks
  exact,       ///< the k nearest, exactly
  approximate  ///< the k nearest, with the recall that is asked for
};

inline constexpr Word<NeighborChoice> neighbor_words[] = {{"auto", NeighborChoice::automatic},
                                                          {"all", NeighborChoice::all},
                                                          {"exact", NeighborChoice::exact},
                                                          {"approx", NeighborChoice::approximate}};

struct Config {
  InputOptions input;
  std::string output;

  PreprocessOptions preprocess;
  Metric metric = Metric::euclidean;
  /// Principal components that rows with more columns are reduced to first; empty: rows are taken as they are.
  std::optional<LocalIndex> components = 50;

  std::string graph;  ///< file with neighbors that are not to be looked for; empty: none
  NeighborChoice neighbors = NeighborChoice::automatic;
  std::optional<LocalIndex> k;  ///< neighbors of each row; empty: as many as the affinities need
  double recall = 0.95;         ///< of approximate neighbors
  AffinityOptions affinity;
  ObjectiveOptions objective;
  std::optional<double> accuracy;        ///< of the grid's forces; empty: fitted to the schedule, by `complete`
  std::string init = "auto";             ///< auto, pca, random, FILE or FILE:DATASET
  InitializationOptions initialization;  ///< as `complete` finds it to be by `init`
  InputOptions initial_map;              ///< the file and dataset of --init FILE, by `complete`
  ScheduleOptions schedule;

  std::uint64_t seed = 42;
  std::string checkpoint = "auto";   ///< file; auto: beside the output; off: none
  double checkpoint_every = 900.0;   ///< seconds between two
  std::optional<double> time_limit;  ///< seconds after which the run stops in good order; empty: none
  bool time_limit_of_job = true;     ///< take the limit that the batch system announces, where there is one
  bool restart = false;              ///< do not go on from a checkpoint
  bool resume_with_changes = false;  ///< go on from it with other options of the course of the iterations

  Precision precision = Precision::single;
  int threads = 0;               ///< per rank; 0: the cores of the node shared out among its ranks
  std::optional<double> memory;  ///< bytes that the ranks of a host may take together; empty: what is available there
  bool dry_run = false;          ///< say what the run would take, and stop
  int measure_every = 50;        ///< iterations between two entries of the history
  int snapshots = 0;             ///< iterations between two snapshots of the map that the result keeps; 0: none
  std::string live;              ///< picture that is rewritten while the map takes shape; empty: none
  std::string log_json;          ///< file that the log is written to for programs; empty: none
  Verbosity verbosity = Verbosity::normal;
  std::string text;  ///< all options as --config reads them
};

}  // namespace distsne
