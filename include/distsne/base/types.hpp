/// The integer types of the program, named by their role, and the checked ways from one to another.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "distsne/base/error.hpp"

namespace distsne {

/// Index of a row or column that one process holds.
using LocalIndex = std::int32_t;
/// Index of a row of the whole data set, and counts over all ranks.
using GlobalIndex = std::int64_t;
/// Global row where very many are kept, as in a graph: half the memory. Data sets have at most most_rows rows.
using CompactIndex = std::uint32_t;
inline constexpr GlobalIndex most_rows = std::numeric_limits<CompactIndex>::max();
/// Number of an MPI process in its communicator.
using Rank = int;

/// Converts between integer types; throws Error when the value does not fit.
template <class To, class From>
[[nodiscard]] constexpr To narrow(From value) {
  static_assert(std::is_integral_v<To> && std::is_integral_v<From>);
  if (!std::in_range<To>(value)) {
    throw Error(
        "the number " + std::to_string(value) + " does not fit an integer of " + std::to_string(sizeof(To)) + " bytes",
        ExitCode::failure);
  }
  return static_cast<To>(value);
}

/// Product of two sizes; throws Error when it is negative or passes 2^63 - 1.
[[nodiscard]] constexpr std::size_t checked_product(std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0 || (b != 0 && a > std::numeric_limits<std::int64_t>::max() / b)) {
    throw Error("a size of " + std::to_string(a) + " x " + std::to_string(b) + " elements cannot be addressed",
                ExitCode::failure);
  }
  return static_cast<std::size_t>(a * b);
}

/// The least integer that is not below count / step, for count >= 0 and step > 0.
template <class Count, class Step>
[[nodiscard]] constexpr std::common_type_t<Count, Step> divide_up(Count count, Step step) {
  static_assert(std::is_integral_v<Count> && std::is_integral_v<Step>);
  using Common = std::common_type_t<Count, Step>;
  return (static_cast<Common>(count) + static_cast<Common>(step) - 1) / static_cast<Common>(step);
}

/// The least multiple of `step` that is not below `count`.
[[nodiscard]] constexpr std::size_t round_up(std::size_t count, std::size_t step) {
  return divide_up(count, step) * step;
}

}  // namespace distsne
