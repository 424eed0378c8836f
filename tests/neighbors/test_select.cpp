/// The smallest keys against sorting.
#include "neighbors/select.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/alone.hpp"

namespace distsne {
namespace {

class Select : public test::Alone {};

void expect_smallest(const std::vector<std::uint64_t>& keys, std::size_t keep) {
  std::vector<std::uint64_t> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  sorted.resize(keep);
  // What stands behind the keys is of another list.
  std::vector<std::uint64_t> found = keys;
  const std::vector<std::uint64_t> behind(20, 12345);
  found.insert(found.end(), behind.begin(), behind.end());
  EXPECT_EQ(select_smallest(std::span(found).first(keys.size()), keep), sorted.back());
  EXPECT_TRUE(std::equal(behind.begin(), behind.end(), found.begin() + std::ssize(keys)));
  found.resize(keep);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, sorted) << keys.size() << " keys, " << keep;
}

TEST_F(Select, LeavesTheSmallestInFront) {
  std::mt19937_64 random(1);
  for (const std::size_t count : {1UL, 2UL, 7UL, 8UL, 24UL, 25UL, 31UL, 64UL, 74UL, 180UL, 361UL, 5000UL}) {
    for (const std::uint64_t different : {~std::uint64_t{0}, std::uint64_t{1000}, std::uint64_t{3}, std::uint64_t{1}}) {
      for (int draw = 0; draw < 5; ++draw) {
        std::vector<std::uint64_t> keys(count);
        std::generate(keys.begin(), keys.end(), [&] { return random() % different; });
        for (const std::size_t keep : {std::size_t{1}, count / 3 + 1, count / 2 + 1, count - count / 10, count}) {
          expect_smallest(keys, keep);
        }
      }
    }
  }
}

TEST_F(Select, OrderDoesNotMatter) {
  for (const std::size_t count : {100UL, 181UL}) {
    std::vector<std::uint64_t> rising(count);
    for (std::size_t i = 0; i < count; ++i) {
      rising[i] = (std::uint64_t{1} << 63U) + i;  // beyond what has a sign
    }
    const std::vector<std::uint64_t> falling(rising.rbegin(), rising.rend());
    for (std::size_t keep = 1; keep <= count; keep += 9) {
      expect_smallest(rising, keep);
      expect_smallest(falling, keep);
    }
  }
}

}  // namespace
}  // namespace distsne
