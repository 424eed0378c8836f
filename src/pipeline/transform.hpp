/// The job that places new rows in a map.
#pragma once

#include <functional>
#include <string>

#include "distsne/mpi/communicator.hpp"
#include "pipeline/config.hpp"

namespace distsne {

struct TransformOptions {
  std::string map;         ///< result of embed
  InputOptions rows;       ///< the new ones
  InputOptions reference;  ///< rows of the map; without a path: where its file says
  std::string output;
  std::string labels;  ///< dataset of the map's file; empty: a usual name; no_labels: none
  int threads = 0;     ///< per rank; 0: the cores of the node shared out among its ranks
  bool quiet = false;
  int rows_at_a_time = 1 << 20;     ///< at most, of each rank; bounds the memory
  std::string checkpoint = "auto";  ///< file; auto: beside the output; off: none
  double checkpoint_every = 900.0;  ///< seconds between two
  bool restart = false;             ///< do not go on from a checkpoint
  /// The options of a run from the text that its result holds. Throws Error where it cannot be read.
  std::function<Config(const std::string&)> read_config;
};

/// Collective. Each new row is prepared as the rows of the map were, finds its nearest of those, starts at the weighted
/// median of their places and settles in the field of the map, which stays as it is. Its place depends on that row and
/// the map alone, to the bit. Where the rows of the map have weights, each counts for affinities and in the field as
/// the points that it stands for; a new row is one point, and its nearest rows vote once each. New rows are read in
/// parts, and what is placed is kept in the checkpoint, from which the same call goes on, on any number of ranks.
/// Throws Error everywhere: bad input is found before anything is computed, but for values that are not finite.
void transform(const Communicator& comm, const TransformOptions& options);

}  // namespace distsne
