/// Counting the cores of a node from the affinity masks of its ranks.
#include "mpi/processors.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "mpi/calls.hpp"

namespace distsne {

namespace {

/// The cores that this rank may run on.
cpu_set_t own_cores() {
  cpu_set_t own;
  CPU_ZERO(&own);
  if (sched_getaffinity(0, sizeof(own), &own) != 0) {
    CPU_SET(0, &own);
  }
  return own;
}

}  // namespace

int cores_of_node(const Communicator& comm) {
  const cpu_set_t own = own_cores();
  std::vector<std::uint64_t> mask(sizeof(own) / sizeof(std::uint64_t));
  std::memcpy(mask.data(), &own, sizeof(own));
  comm.node().bit_or(mask);
  int cores = 0;
  for (const std::uint64_t word : mask) {
    cores += std::popcount(word);
  }
  return std::max(1, cores);
}

int fitting_threads(const Communicator& comm) {
  const cpu_set_t own = own_cores();
  const int share = std::max(1, std::min(CPU_COUNT(&own), cores_of_node(comm) / comm.node().size()));
  const char* wanted = std::getenv("OMP_NUM_THREADS");
  const int set_by_user = wanted == nullptr ? 0 : std::atoi(wanted);
  return set_by_user > 0 ? set_by_user : share;
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string all(text.data(), static_cast<std::size_t>(length));
  return all.substr(0, all.find_first_of(",\n"));
}

std::vector<std::string> host_names(const Communicator& comm) {
  using Name = std::array<char, 64>;
  Name own{};
  host_name().copy(own.data(), own.size() - 1);
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
