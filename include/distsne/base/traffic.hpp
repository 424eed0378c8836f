/// What this process sends to others, counted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace distsne {

/// What was handed to MPI: messages to single ranks, and contributions to collective calls (which MPI sends as often
/// as its algorithm needs).
struct Traffic {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;          ///< collective calls included
  std::uint64_t collective_bytes = 0;  ///< of the bytes, those of collective calls
  std::uint64_t collectives = 0;       ///< of the messages, those that are collective calls

  Traffic& operator+=(const Traffic& other) {
    bytes += other.bytes;
    messages += other.messages;
    collective_bytes += other.collective_bytes;
    collectives += other.collectives;
    return *this;
  }
  [[nodiscard]] friend Traffic operator-(Traffic a, const Traffic& b) {
    a.bytes -= b.bytes;
    a.messages -= b.messages;
    a.collective_bytes -= b.collective_bytes;
    a.collectives -= b.collectives;
    return a;
  }
};

/// Since the process started.
[[nodiscard]] Traffic traffic();

/// A message of so many bytes leaves for another rank.
void count_message(std::size_t bytes);
/// So many bytes are this rank's contribution to a collective call.
void count_collective(std::size_t bytes);

}  // namespace distsne
