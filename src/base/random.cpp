/// The Philox counter-based generator and the distributions drawn from it.
#include "base/random.hpp"

#include <cmath>
#include <numbers>

namespace distsne {
namespace {

constexpr double two_to_minus_53 = 0x1.0p-53;

std::array<std::uint32_t, 4> block(std::uint64_t seed, GlobalIndex row, std::uint32_t column) {
  const auto bits = static_cast<std::uint64_t>(row);
  return philox({static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U), column, 0U},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
}

double unit_interval(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32U | low) >> 11U;
  return static_cast<double>(bits) * two_to_minus_53;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53U;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57U;
  constexpr std::uint32_t weyl_0 = 0x9E3779B9U;
  constexpr std::uint32_t weyl_1 = 0xBB67AE85U;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product_0 = multiplier_0 * counter[0];
    const std::uint64_t product_1 = multiplier_1 * counter[2];
    counter = {
        static_cast<std::uint32_t>(product_1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
        static_cast<std::uint32_t>(product_0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product_0)};
    key[0] += weyl_0;
    key[1] += weyl_1;
  }
  return counter;
}

std::uint64_t CounterRandom::bits(GlobalIndex row, std::uint32_t column) const {
  const auto random = block(seed_, row, column);
  return static_cast<std::uint64_t>(random[0]) << 32U | random[1];
}

double CounterRandom::uniform(GlobalIndex row, std::uint32_t column) const {
  const auto random = block(seed_, row, column);
  return unit_interval(random[0], random[1]);
}

double CounterRandom::normal(GlobalIndex row, std::uint32_t column) const {
  const auto random = block(seed_, row, column);
  const double radius = std::sqrt(-2.0 * std::log1p(-unit_interval(random[0], random[1])));
  return radius * std::cos(2.0 * std::numbers::pi * unit_interval(random[2], random[3]));
}

}  // namespace distsne
