/// Counting how many distances lie below others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace distsne {

/// How many rows lie below the thresholds of a query. Distances fall into even buckets; only in those that a threshold
/// could lie in is each distance compared with the thresholds.
class Passed {
 public:
  /// Quick distances may be wrong by `slack`.
  Passed(std::span<const float> thresholds, float slack)
      : sorted_(thresholds.begin(), thresholds.end()), below_(thresholds.size() + 1, 0), equal_(thresholds.size(), 0) {
    std::sort(sorted_.begin(), sorted_.end());
    for (const float threshold : thresholds) {
      place_.push_back(
          static_cast<std::size_t>(std::lower_bound(sorted_.begin(), sorted_.end(), threshold) - sorted_.begin()));
    }
    if (sorted_.empty()) {
      return;
    }
    top_ = std::max(sorted_.back() + slack, std::numeric_limits<float>::min());
    scale_ = static_cast<float>(buckets) / top_;
    doubtful_.assign(buckets, 0);
    for (const float threshold : sorted_) {
      const std::size_t last = bucket(std::min(threshold + slack, top_));
      for (std::size_t b = bucket(std::max(0.0F, threshold - slack)); b <= last; ++b) {
        doubtful_[b] = 1;
      }
    }
    count_.assign(buckets, 0);
  }
  /// Up to which a distance counts; below 0: none does.
  [[nodiscard]] float top() const { return top_; }
  /// Counts the quick distances between `near` and top() that need no closer look; writes the places of those that do,
  /// or that are not beyond `near`, and returns how many they are.
  [[nodiscard, gnu::noinline]] std::size_t sift(const float* squared, std::size_t size, float near,
                                                std::uint16_t* closer) {
    const float top = top_;
    const float scale = scale_;
    const float limit = std::max(near, top);
    const std::uint8_t* const doubtful = doubtful_.data();
    std::uint32_t* const count = count_.data();
    std::size_t found = 0;
    for (std::size_t j = 0; j < size; ++j) {
      const float quick = squared[j];
      if (!(quick <= limit)) {
        continue;
      }
      if (quick > near) {
        const auto b = std::min(static_cast<std::int32_t>(buckets) - 1, static_cast<std::int32_t>(quick * scale));
        if (doubtful[b] == 0) {
          ++count[b];
          continue;
        }
      }
      closer[found++] = static_cast<std::uint16_t>(j);
    }
    return found;
  }
  /// Counts a quick distance up to top(); false where the exact one has to be counted in its place.
  [[nodiscard]] bool count_quick(float squared) {
    const std::size_t b = bucket(squared);
    if (doubtful_[b] != 0) {
      return false;
    }
    ++count_[b];
    return true;
  }
  void count_exact(float squared) {
    const auto next = std::upper_bound(sorted_.begin(), sorted_.end(), squared);
    ++below_[static_cast<std::size_t>(next - sorted_.begin())];
    for (auto same = next; same != sorted_.begin() && *(same - 1) == squared; --same) {
      ++equal_[static_cast<std::size_t>(same - sorted_.begin()) - 1];
    }
  }
  /// For each threshold, rows that are nearer and rows that are as near.
  void write(std::span<std::int64_t> out) {
    std::size_t passed = 0;  // thresholds below a bucket
    for (std::size_t b = 0; b < count_.size(); ++b) {
      if (doubtful_[b] == 0) {
        while (passed < sorted_.size() && bucket(sorted_[passed]) < b) {
          ++passed;
        }
        below_[passed] += count_[b];
      }
    }
    for (std::size_t t = 0; t < place_.size(); ++t) {
      out[2 * t] =
          std::accumulate(below_.begin(), below_.begin() + static_cast<std::ptrdiff_t>(place_[t]) + 1, std::int64_t{0});
      out[2 * t + 1] = equal_[place_[t]];
    }
  }

 private:
  static constexpr std::size_t buckets = 2048;

  [[nodiscard]] std::size_t bucket(float squared) const {
    return std::min(buckets - 1, static_cast<std::size_t>(static_cast<std::int32_t>(squared * scale_)));
  }

  std::vector<float> sorted_;           // the thresholds
  std::vector<std::size_t> place_;      // of each threshold among the sorted ones
  std::vector<std::int64_t> below_;     // rows by the number of thresholds that are not above them
  std::vector<std::int64_t> equal_;     // rows as near as each sorted threshold
  std::vector<std::uint32_t> count_;    // of each bucket that is not doubtful
  std::vector<std::uint8_t> doubtful_;  // a threshold could lie in the bucket
  float top_ = -1.0F;
  float scale_ = 0.0F;
};

}  // namespace distsne
