/// Counting the cores of a node from the affinity masks of its ranks.
#include "distsne/mpi/processors.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace distsne {

int fitting_threads(const Communicator& comm) {
  cpu_set_t own;
  CPU_ZERO(&own);
  if (sched_getaffinity(0, sizeof(own), &own) != 0) {
    CPU_SET(0, &own);
  }
  std::vector<std::uint64_t> mask(sizeof(own) / sizeof(std::uint64_t));
  std::memcpy(mask.data(), &own, sizeof(own));
  const Communicator node = comm.node();
  node.bit_or(mask);
  int node_cores = 0;
  for (const std::uint64_t word : mask) {
    node_cores += std::popcount(word);
  }
  const int share = std::max(1, std::min(CPU_COUNT(&own), node_cores / node.size()));
  const char* wanted = std::getenv("OMP_NUM_THREADS");
  const int set_by_user = wanted == nullptr ? 0 : std::atoi(wanted);
  return set_by_user > 0 ? set_by_user : share;
}

std::vector<std::string> host_names(const Communicator& comm) {
  using Name = std::array<char, 64>;
  Name own{};
  ::gethostname(own.data(), own.size() - 1);
  std::vector<Name> all(static_cast<std::size_t>(comm.size()));
  const std::vector<GlobalIndex> counts(all.size(), 1);
  comm.all_gather(std::span<const Name>(&own, 1), counts, all.data());
  std::vector<std::string> names;
  for (const Name& name : all) {
    const std::string text = name.data();
    if (std::find(names.begin(), names.end(), text) == names.end()) {
      names.push_back(text);
    }
  }
  return names;
}

}  // namespace distsne
