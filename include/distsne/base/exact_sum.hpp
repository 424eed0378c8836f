/// A sum of doubles without rounding, whose value therefore does not depend on the order of its terms.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace distsne {

/// Fixed-point accumulator wide enough for every finite double (Kulisch 1981, "the long accumulator"): digits of
/// 32 bits in 64-bit integers. Adding is exact, so sums over rows give the same bits for any partition of the rows
/// over threads and ranks; integers of several accumulators may be added in any order (MPI_SUM on int64).
class ExactSum {
 public:
  /// Digits of the accumulator; the last entry counts terms that were not finite.
  static constexpr int digits = 68;
  static constexpr int words = digits + 1;

  void add(double term);
  void add(const ExactSum& other);
  /// The sum, rounded once (to within an ulp); NaN when a term was not finite.
  [[nodiscard]] double value() const;

  /// The integers that hold the sum, carried so that any 2^30 of them can be added without overflow.
  [[nodiscard]] std::array<std::int64_t, words> carried() const;
  static ExactSum from_words(const std::array<std::int64_t, words>& words_in);

 private:
  void carry();

  std::array<std::int64_t, words> words_{};
  std::int64_t pending_ = 0;  // terms added since the last carry; each adds less than 2^32 to a digit
};

/// Not collective; uses all threads.
[[nodiscard]] ExactSum exact_sum(std::span<const double> terms);

}  // namespace distsne
