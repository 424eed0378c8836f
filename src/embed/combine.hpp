/// Sums and checks over the coordinates of the rows of a rank, on all threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "base/parallel.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// Calls work(begin, end) for ranges that cover [0, count).
template <class Work>
void for_ranges(std::size_t count, const Work& work) {
  constexpr std::size_t range = 16384;
  parallel_for(static_cast<std::int64_t>(divide_up(count, range)), [&](std::int64_t index) {
    const std::size_t begin = static_cast<std::size_t>(index) * range;
    work(begin, std::min(count, begin + range));
  });
}

/// result = a x + b y.
inline void combine(double a, const std::vector<double>& x, double b, const std::vector<double>& y,
                    std::vector<double>& result) {
  result.resize(x.size());
  for_ranges(x.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      result[i] = a * x[i] + b * y[i];
    }
  });
}

/// Whether no value is NaN or infinite.
[[nodiscard]] inline bool all_finite(const std::vector<double>& values) {
  std::atomic<bool> finite{true};
  for_ranges(values.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0.0;  // NaN once a value is not finite
    for (std::size_t i = begin; i < end; ++i) {
      sum += values[i] - values[i];
    }
    if (sum != 0.0) {
      finite = false;
    }
  });
  return finite;
}

}  // namespace distsne
