/// A histogram of the keys' leading bits shares them out; each share is sorted by the rank that takes it.
#include "mpi/global_sort.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace distsne {
namespace {

/// Buckets by the leading bits below the highest bit that any key has.
class Buckets {
 public:
  Buckets(const Communicator& comm, std::span<const std::uint64_t> keys) {
    std::uint64_t all = 0;
    for (const std::uint64_t key : keys) {
      all |= key;
    }
    comm.bit_or(std::span<std::uint64_t>(&all, 1));
    // Some 64 buckets for each rank at the least, as keys may crowd.
    const unsigned bucket_bits =
        std::max(14U, 6U + static_cast<unsigned>(std::bit_width(static_cast<unsigned>(comm.size()))));
    const auto width = static_cast<unsigned>(std::bit_width(all));
    shift_ = width > bucket_bits ? width - bucket_bits : 0;
    std::vector<std::int64_t> counts(std::size_t{1} << bucket_bits, 0);
    for (const std::uint64_t key : keys) {
      ++counts[bucket(key)];
    }
    comm.sum(std::span<std::int64_t>(counts));
    const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    std::int64_t before = 0;
    for (const std::int64_t count : counts) {
      taker_.push_back(static_cast<Rank>(total == 0 ? 0 : before * comm.size() / total));
      before += count;
    }
  }

  [[nodiscard]] Rank taker(std::uint64_t key) const { return taker_[bucket(key)]; }

 private:
  [[nodiscard]] std::size_t bucket(std::uint64_t key) const { return static_cast<std::size_t>(key >> shift_); }

  unsigned shift_ = 0;
  std::vector<Rank> taker_;
};

}  // namespace

std::vector<GlobalIndex> sorted_places(const Communicator& comm, std::span<const std::uint64_t> keys) {
  const Buckets buckets(comm, keys);
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<std::int64_t> counts(ranks, 0);
  for (const std::uint64_t key : keys) {
    ++counts[static_cast<std::size_t>(buckets.taker(key))];
  }
  std::vector<std::size_t> next(ranks, 0);
  std::exclusive_scan(counts.begin(), counts.end(), next.begin(), std::size_t{0});
  std::vector<std::uint64_t> sent(keys.size());
  std::vector<std::uint32_t> origin(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t to = next[static_cast<std::size_t>(buckets.taker(keys[i]))]++;
    sent[to] = keys[i];
    origin[to] = narrow<std::uint32_t>(i);
  }
  // What arrives is in the order of the ranks and, of each rank, in its own: a stable sort keeps equal keys so.
  std::vector<std::int64_t> taken_counts;
  const std::vector<std::uint64_t> taken = comm.all_to_all(std::span<const std::uint64_t>(sent), counts, taken_counts);
  std::vector<std::uint32_t> order(taken.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return taken[a] < taken[b]; });
  std::int64_t first = static_cast<std::int64_t>(taken.size());
  comm.exclusive_sum(std::span<std::int64_t>(&first, 1));
  std::vector<GlobalIndex> places(taken.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    places[order[i]] = first + static_cast<GlobalIndex>(i);
  }
  const std::vector<GlobalIndex> returned = comm.all_to_all(std::span<const GlobalIndex>(places), taken_counts, counts);
  std::vector<GlobalIndex> result(keys.size());
  for (std::size_t i = 0; i < origin.size(); ++i) {
    result[origin[i]] = returned[i];
  }
  return result;
}

}  // namespace distsne
