/// Random numbers by counter: each is a function of (seed, row, column), so any rank can draw the numbers of any row.
#pragma once

#include <array>
#include <cstdint>

#include "distsne/base/types.hpp"

namespace distsne {

/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3).
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// Draws that depend on nothing but the seed and the place that they are for.
class CounterRandom {
 public:
  explicit CounterRandom(std::uint64_t seed) : seed_(seed) {}

  /// 64 random bits for (row, column).
  [[nodiscard]] std::uint64_t bits(GlobalIndex row, std::uint32_t column) const;
  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double uniform(GlobalIndex row, std::uint32_t column) const;
  /// Standard normal (Box and Muller 1958).
  [[nodiscard]] double normal(GlobalIndex row, std::uint32_t column) const;

 private:
  std::uint64_t seed_;
};

}  // namespace distsne
