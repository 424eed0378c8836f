/// Everything that a map depends on but for its rows: the options of its stages, side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "distsne/affinity/options.hpp"
#include "distsne/base/words.hpp"
#include "distsne/embed/initialization.hpp"
#include "distsne/embed/objective_options.hpp"
#include "distsne/embed/schedule.hpp"
#include "distsne/reduce/metric.hpp"
#include "distsne/reduce/preprocess.hpp"

namespace distsne {

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

/// The defaults are those of `distsne embed`.
struct MapOptions {
  PreprocessOptions preprocess;
  Metric metric = Metric::euclidean;
  /// Principal components that rows with more columns are reduced to first; empty: rows are taken as they are.
  std::optional<LocalIndex> components = 50;

  NeighborChoice neighbors = NeighborChoice::automatic;
  std::optional<LocalIndex> k;  ///< neighbors of each row; empty: as many as the affinities need
  double recall = 0.95;         ///< of approximate neighbors
  AffinityOptions affinity;
  ObjectiveOptions objective;
  std::optional<double> accuracy;        ///< of the grid's forces; empty: fitted to the schedule
  std::string init = "auto";             ///< auto, pca, random; of the program also FILE or FILE:DATASET
  InitializationOptions initialization;  ///< its kind and the objective's accuracy follow from the two above
  ScheduleOptions schedule;

  std::uint64_t seed = 42;
  int threads = 0;         ///< per rank; 0: the cores of the node shared out among its ranks
  int measure_every = 50;  ///< iterations between two entries of the history
};

/// Standard deviation of the first coordinate of the map that the options begin with, in map units.
[[nodiscard]] inline double spread_of(const MapOptions& options) {
  return options.initialization.spread.value_or(initial_spread(options.schedule));
}

/// The accuracy of the grid's forces that the options lead to.
[[nodiscard]] inline double accuracy_of(const MapOptions& options) {
  return options.accuracy.value_or(options.schedule.schedule == Schedule::classic ? 0.01 : 0.03);
}

}  // namespace distsne
