/// What the loop decides by itself: when the map is done, when it went wrong, and that a small map keeps its shape.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Why a loop has ended.
enum class Ending {
  none,        ///< it has not: it was stopped and may go on
  iterations,  ///< all that were asked for are done
  converged    ///< the cost no longer falls
};

struct PaceOptions {
  /// Iterations between two looks at the cost.
  int check_every = 25;
  /// End when the cost falls by less than this share of itself per iteration; 0: go on to the last iteration.
  double tolerance = 0.0;
  /// How often a diverged map goes back to the last good one, each time with a quarter of the step.
  int most_recoveries = 3;
  /// A map whose spread falls below half of this is scaled up to it: far below 1 the forces are linear in Y, so that
  /// scaling changes nothing but keeps digits. 0: never.
  double least_spread = 0.0;
  /// Of the random numbers that part the axes of a small map that have become one.
  std::uint64_t seed = 42;
};

/// How the costs have gone; the same on all ranks.
struct Pace {
  /// Iterations over which the fall of the cost is judged.
  static constexpr int window = 30;
  /// Iterations of the last phase before it may be done.
  static constexpr int least_iterations = 100;

  double start = -std::numeric_limits<double>::infinity();  ///< the cost of the first check
  double best = std::numeric_limits<double>::infinity();    ///< the least cost of a check in the last phase
  std::vector<double> bests;  ///< what it was at the last checks, oldest first, `window` iterations back at most
  int good_iteration = 0;     ///< updates that the last good map has
  int rising = 0;             ///< checks in a row whose cost was far above the least
  int recoveries = 0;
  int partings = 0;  ///< times that the axes of a map that seemed done were parted, since they had become one

  /// Takes the cost of a check in the last phase; whether it is the least so far.
  bool take(double cost, int check_every);
  /// The relative fall per iteration over the window; NaN before there is one. `floor` bounds the cost it is relative
  /// to from below.
  [[nodiscard]] double fall(int check_every, double floor) const;
  /// Forgets what has been seen since the last good map.
  void go_back();
};

/// Mean of a map, and its standard deviation along its own principal axes, largest first.
struct MapShape {
  std::array<double, 3> mean{};
  std::array<double, 3> deviation{};
};

/// Collective; the same bits for any partition.
template <class Real>
[[nodiscard]] MapShape shape_of(const Communicator& comm, const Embedding<Real>& map);

/// The least share of the longest axis' spread that an axis must have to count as one.
inline constexpr double flat_share = 1e-3;

/// Whether an axis of a map of `dims` dimensions, or all of them, has no spread although there are rows for it.
[[nodiscard]] bool is_flat(const MapShape& shape, GlobalIndex rows, int dims);

extern template MapShape shape_of(const Communicator&, const Embedding<float>&);
extern template MapShape shape_of(const Communicator&, const Embedding<double>&);

}  // namespace distsne
