/// What a run tells about itself: the course of the cost, where time went, how much memory was used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "distsne/mpi/summary.hpp"

namespace distsne {

/// The state after a number of updates.
struct HistoryEntry {
  std::int64_t iteration = 0;  ///< updates made so far
  double kl = 0.0;             ///< cost with exaggeration 1, in nats
  double gradient_norm = 0.0;  ///< Euclidean norm over all rows of dC/dy, with the exaggeration of the phase; a row
                               ///< of weight w counts w times
  double force_error = 0.0;    ///< relative error of the repulsive force, as last measured; 0 for the exact sum
  double exaggeration = 1.0;   ///< of the phase that the next update belongs to; 1 at the end
};

/// The map after some iterations, coarsely: coordinates as 16-bit steps of a range.
struct Snapshots {
  std::vector<std::int64_t> iteration;  ///< updates made at each snapshot
  /// Coordinates of the steps 0 and 65535, of each snapshot and in it of each dimension.
  std::vector<double> low;
  std::vector<double> high;
  std::vector<std::uint16_t> steps;  ///< of this rank's rows: rows x (snapshots x dims)
};

/// What is known of a map beside its points.
struct MapRecord {
  std::vector<HistoryEntry> history;
  /// Share of the total variance along each principal axis; empty where none were taken.
  std::vector<double> explained_variance;
  std::int64_t iterations = 0;  ///< updates made
  bool finished = true;         ///< false: stopped before the last iteration
  std::string ending;  ///< converged, iterations (all that were asked for), cap (all that auto allows), stopped
  double fall = 0.0;   ///< of the KL per iteration at the end, relative; NaN where unknown
  int recoveries = 0;  ///< times that the map diverged and went back to a good one
  bool flat = false;   ///< an axis of the map, or all, has no spread
  /// The axes as rows, and the columns' means that are taken off before; empty in a run that was gone on with.
  std::vector<double> axes;
  std::vector<double> mean;
  std::int64_t neighbors = 0;  ///< of each row; rows - 1: all pairs
  double recall = 1.0;         ///< of the neighbors; NaN when the graph's file does not tell
};

/// How far rows that an earlier map has, too, lie from their places there.
struct Drift {
  std::string map;             ///< the file of the earlier map
  std::int64_t rows = 0;       ///< that both have
  double mean = 0.0;           ///< root mean square of the distances, in map units
  double most = 0.0;           ///< the largest distance
  double spread = 0.0;         ///< root mean square distance of these rows from their mean in the earlier map
  std::vector<double> of_row;  ///< distances of this rank's rows, in the order of the input; NaN for new rows
};

/// The same of a run from file to file.
struct RunRecord : MapRecord {
  std::optional<Drift> drift;        ///< empty where there is no earlier map
  std::vector<std::string> changes;  ///< options that were changed on the way (--resume-with-changes)
  Snapshots snapshots;
  std::vector<RankSummary> timings;       ///< seconds per phase
  std::vector<RankSummary> bytes_sent;    ///< per stage, by each rank to others
  std::vector<RankSummary> messages;      ///< per stage
  std::vector<RankSummary> stage_memory;  ///< bytes of resident memory, the most in each stage
  RankSummary peak_memory;                ///< bytes of resident memory, the largest so far
  std::string config;                     ///< every effective option, as --config reads it
  std::string method;
  std::string input;  ///< path and dataset
  std::string instruction_set;
  std::uint64_t seed = 0;
  int ranks = 1;
  int threads = 1;  ///< per rank, the most
};

}  // namespace distsne
