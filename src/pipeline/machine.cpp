/// Timing the exact field and a walk through memory.
#include "pipeline/machine.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "distsne/base/timer.hpp"
#include "field/direct_field.hpp"

namespace distsne {
namespace {

constexpr int repetitions = 5;

/// Seconds of the quickest of a few runs.
template <class Work>
double quickest(const Work& work) {
  double best = 1e300;
  for (int i = 0; i < repetitions; ++i) {
    const double start = now_seconds();
    work();
    best = std::min(best, now_seconds() - start);
  }
  return best;
}

double pairs_a_second() {
  constexpr LocalIndex points_of_thread = 2048;
  const LocalIndex rows = points_of_thread * threads();
  const Communicator self = Communicator::self();
  Embedding<float> map(RowPartition(rows, 1), 0, 2);
  const CounterRandom random(1);
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    map.values[i] = static_cast<float>(20.0 * random.uniform(static_cast<GlobalIndex>(i), 0));
  }
  DirectField<float> field(Kernel{KernelShape::student_t, 1.0});
  CurrentMap<float> current(self, map);
  FieldValues values;
  Timers timers;
  const double seconds = quickest([&] { field.evaluate(current, false, {}, values, timers); });
  return static_cast<double>(rows) * static_cast<double>(rows) / seconds / threads();
}

double bytes_a_second() {
  constexpr std::size_t words_of_thread = std::size_t{1} << 22U;  // beyond most caches
  AlignedVector<std::uint64_t> words(words_of_thread * static_cast<std::size_t>(threads()), 1);
  std::vector<std::uint64_t> sums(static_cast<std::size_t>(threads()));
  const double seconds = quickest([&] {
    parallel_for(threads(), [&](std::int64_t t) {
      const auto* const begin = words.data() + static_cast<std::size_t>(t) * words_of_thread;
      sums[static_cast<std::size_t>(t)] += std::accumulate(begin, begin + words_of_thread, std::uint64_t{0});
    });
  });
  const bool read = std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) > 0;
  return read ? static_cast<double>(words_of_thread * sizeof(std::uint64_t)) / seconds : 0.0;
}

}  // namespace

MachineRates measure_machine(const Communicator& comm) {
  comm.barrier();
  const double pairs = pairs_a_second();
  comm.barrier();
  const double bytes = bytes_a_second();
  std::array<double, 2> slowness{1.0 / pairs, 1.0 / bytes};
  comm.max(std::span<double>(slowness));
  return {1.0 / slowness[0], 1.0 / slowness[1]};
}

}  // namespace distsne
