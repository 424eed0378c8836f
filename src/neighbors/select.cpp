/// Quickselect (Hoare 1961) whose partitions are made by whole vectors: smaller keys are compressed to one buffer, the
/// others to another, without a branch on any key.
#include "neighbors/select.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "neighbors/select.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#ifndef DISTSNE_SELECT_TASK
#define DISTSNE_SELECT_TASK
namespace distsne {

struct SelectTask {
  std::uint64_t* keys;
  std::size_t count;
  std::size_t keep;
  std::uint64_t* buffers[4];  // each as long as the keys and select_padding
};
constexpr std::size_t select_padding = 32;  // the lanes of any vector
/// Below, sorting by comparisons is as quick.
constexpr std::size_t few_keys = 24;

}  // namespace distsne
#endif

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Keys below the pivot go to `low`, the others to `high`. Returns how many are below.
std::size_t Partition(const std::uint64_t* keys, std::size_t count, std::uint64_t pivot, std::uint64_t* low,
                      std::uint64_t* high) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto bound = hn::Set(d, pivot);
  std::size_t lows = 0;
  std::size_t highs = 0;
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto key = hn::LoadU(d, keys + i);
    const auto below = hn::Lt(key, bound);
    lows += hn::CompressStore(key, below, d, low + lows);
    highs += hn::CompressStore(key, hn::Not(below), d, high + highs);
  }
  for (; i < count; ++i) {
    (keys[i] < pivot ? low[lows++] : high[highs++]) = keys[i];
  }
  return lows;
}

std::uint64_t Select(const SelectTask& task) {
  std::uint64_t* from = task.keys;
  std::size_t count = task.count;
  std::size_t done = 0;  // keys at the front that are known to be among the smallest
  std::size_t pair = 0;  // of buffers
  while (count > few_keys) {
    const std::uint64_t a = from[0];
    const std::uint64_t b = from[count / 2];
    const std::uint64_t c = from[count - 1];
    const std::uint64_t pivot = HWY_MAX(HWY_MIN(a, b), HWY_MIN(HWY_MAX(a, b), c));
    std::uint64_t* const low = task.buffers[2 * pair];
    std::uint64_t* const high = task.buffers[2 * pair + 1];
    const std::size_t lows = Partition(from, count, pivot, low, high);
    if (lows == 0) {
      break;  // many equal keys: the pivot is the smallest
    }
    pair = 1 - pair;
    if (done + lows > task.keep) {
      from = low;
      count = lows;
      continue;
    }
    // The front is no longer read: what is looked at lies in a buffer from the first partition on.
    std::copy_n(low, lows, task.keys + done);
    done += lows;
    from = high;
    count -= lows;
    if (done == task.keep) {
      return *std::max_element(low, low + lows);
    }
  }
  const std::size_t rest = task.keep - done;
  std::nth_element(from, from + (rest - 1), from + count);
  const std::uint64_t largest = from[rest - 1];
  if (from != task.keys) {
    std::copy_n(from, rest, task.keys + done);
  }
  return largest;
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "distsne/base/aligned.hpp"

namespace distsne {
namespace {

HWY_EXPORT(Select);

}  // namespace

std::uint64_t select_smallest(std::span<std::uint64_t> keys, std::size_t keep) {
  if (keep == keys.size()) {
    return *std::max_element(keys.begin(), keys.end());
  }
  static thread_local AlignedVector<std::uint64_t> memory;
  const std::size_t length = keys.size() + select_padding;
  if (memory.size() < 4 * length) {
    memory.resize(4 * length);
  }
  std::uint64_t* const at = memory.data();
  return HWY_DYNAMIC_DISPATCH(Select)(
      {keys.data(), keys.size(), keep, {at, at + length, at + 2 * length, at + 3 * length}});
}

}  // namespace distsne
#endif
