/// The counts of this process. One thread speaks to MPI, so they need no lock.
#include "distsne/base/traffic.hpp"

namespace distsne {
namespace {

Traffic total;

}  // namespace

Traffic traffic() { return total; }

void count_message(std::size_t bytes) {
  total.bytes += bytes;
  ++total.messages;
}

void count_collective(std::size_t bytes) {
  count_message(bytes);
  total.collective_bytes += bytes;
  ++total.collectives;
}

}  // namespace distsne
