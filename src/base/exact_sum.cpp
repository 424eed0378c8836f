/// The long accumulator: splitting a double over digits of 32 bits, carrying, and rounding the digits to a double.
#include "distsne/base/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/parallel.hpp"
#include "distsne/base/types.hpp"

namespace distsne {
namespace {

// The lowest bit of the accumulator is 2^-1074, the least subnormal; the highest double bit, 2^1023, is bit 2097,
// which lies in digit 65 of 68: two digits are left for carries.
constexpr int digit_bits = 32;
constexpr std::int64_t digit_base = std::int64_t{1} << digit_bits;
constexpr int lowest_exponent = -1074;
constexpr std::int64_t most_pending = std::int64_t{1} << 29;

}  // namespace

void ExactSum::add(double term) {
  const auto bits = std::bit_cast<std::uint64_t>(term);
  const auto biased = static_cast<int>(bits >> 52U & 0x7FFU);
  if (biased == 0x7FF) {
    ++words_[digits];
    return;
  }
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52U) - 1);
  int position = 0;  // of the mantissa's lowest bit, counted from 2^-1074
  if (biased != 0) {
    mantissa |= std::uint64_t{1} << 52U;
    position = biased - 1;
  }
  const auto digit = static_cast<std::size_t>(position / digit_bits);
  const auto shift = static_cast<unsigned>(position % digit_bits);
  __extension__ using Wide = unsigned __int128;
  const Wide shifted = static_cast<Wide>(mantissa) << shift;
  const auto sign = (bits >> 63U) != 0 ? std::int64_t{-1} : std::int64_t{1};
  words_[digit] += sign * static_cast<std::int64_t>(static_cast<std::uint32_t>(shifted));
  words_[digit + 1] += sign * static_cast<std::int64_t>(static_cast<std::uint32_t>(shifted >> 32U));
  words_[digit + 2] += sign * static_cast<std::int64_t>(static_cast<std::uint32_t>(shifted >> 64U));
  if (++pending_ >= most_pending) {
    carry();
  }
}

void ExactSum::add(const ExactSum& other) {
  carry();
  const auto theirs = other.carried();
  for (std::size_t i = 0; i < words; ++i) {
    words_[i] += theirs[i];
  }
  ++pending_;
}

void ExactSum::carry() {
  for (std::size_t i = 0; i + 1 < digits; ++i) {
    const std::int64_t over = words_[i] >> digit_bits;  // rounds down, so that the digit left is not negative
    words_[i] -= over * digit_base;
    words_[i + 1] += over;
  }
  pending_ = 0;
}

std::array<std::int64_t, ExactSum::words> ExactSum::carried() const {
  ExactSum copy = *this;
  copy.carry();
  return copy.words_;
}

ExactSum ExactSum::from_words(const std::array<std::int64_t, words>& words_in) {
  ExactSum sum;
  sum.words_ = words_in;
  sum.carry();
  return sum;
}

double ExactSum::value() const {
  if (words_[digits] != 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  auto limbs = carried();
  const bool negative = limbs[digits - 1] < 0;
  if (negative) {
    ExactSum opposite;
    for (std::size_t i = 0; i < digits; ++i) {
      opposite.words_[i] = -limbs[i];
    }
    limbs = opposite.carried();
  }
  double magnitude = 0.0;  // from the top, so that each addition below the leading three digits only rounds
  for (int i = digits - 1; i >= 0; --i) {
    magnitude += std::ldexp(static_cast<double>(limbs[static_cast<std::size_t>(i)]), digit_bits * i + lowest_exponent);
  }
  return negative ? -magnitude : magnitude;
}

ExactSum exact_sum(std::span<const double> terms) {
  constexpr std::size_t terms_per_block = 4096;
  std::vector<ExactSum> sums(divide_up(terms.size(), terms_per_block));
  parallel_for(static_cast<std::int64_t>(sums.size()), [&](std::int64_t index) {
    const auto block = static_cast<std::size_t>(index);
    const std::size_t begin = block * terms_per_block;
    for (const double term : terms.subspan(begin, std::min(terms_per_block, terms.size() - begin))) {
      sums[block].add(term);
    }
  });
  ExactSum total;
  for (const ExactSum& sum : sums) {
    total.add(sum);
  }
  return total;
}

}  // namespace distsne
