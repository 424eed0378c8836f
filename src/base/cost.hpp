/// What a piece of work will take, from its sizes and the rates of a machine: the terms that stages count in.
#pragma once

#include <algorithm>

#include "distsne/base/types.hpp"

namespace distsne {

/// Rates of one core while all the cores that are to work do: the program's work is bound by either.
struct MachineRates {
  double pairs = 0.0;  ///< kernels of pairs of points a second (the exact field in two dimensions, float): arithmetic
  double bytes = 0.0;  ///< bytes read from memory a second
};

/// The rates of the machine that the coefficients of predictions were measured on: a core of an AVX-512 processor (AMD
/// Zen 5), both of two cores at work.
inline constexpr MachineRates reference_rates{12.8e9, 17.0e9};

/// Multiply-adds that a core does in the time of a pair of points.
inline constexpr double fused_per_pair = 8.0;

/// Where a run is to be computed.
struct Workplace {
  int ranks = 1;
  int threads = 1;  ///< of each rank
  int hosts = 1;
  MachineRates rates = reference_rates;
  int cores_of_host = 0;  ///< 0: as many as its ranks have threads

  /// That compute.
  [[nodiscard]] double cores() const {
    const double wanted = static_cast<double>(ranks) * threads;
    return cores_of_host > 0 ? std::min(wanted, static_cast<double>(cores_of_host) * hosts) : wanted;
  }
  [[nodiscard]] int ranks_per_host() const { return divide_up(ranks, hosts); }
  /// Share of what is exchanged that leaves a rank.
  [[nodiscard]] double away() const { return 1.0 - 1.0 / ranks; }
  /// Rows of the largest rank.
  [[nodiscard]] double own(double rows) const;

  /// Seconds of work that arithmetic bounds, in multiply-adds, by all cores.
  [[nodiscard]] double arithmetic_seconds(double fused) const;
  /// Of work of so many seconds on one core of the reference, half of it bound by arithmetic and half by memory.
  [[nodiscard]] double mixed_seconds(double reference_seconds) const;
  /// Of sending so many bytes in so many messages from each rank.
  [[nodiscard]] double exchange_seconds(double bytes, double messages) const;
};

/// Bytes of an entry of sparse rows or affinities: a column and a value.
[[nodiscard]] inline double entry_bytes(double value_bytes) { return 4.0 + value_bytes; }

struct StageCost {
  double seconds = 0.0;
  double memory = 0.0;      ///< bytes of the largest rank while the stage goes on, without those of any process
  double bytes_sent = 0.0;  ///< by each rank
};

}  // namespace distsne
