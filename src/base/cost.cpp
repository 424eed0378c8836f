/// Seconds of work and of messages.
#include "base/cost.hpp"

#include <cmath>

namespace distsne {
namespace {

// Of a network: bytes a second of a host, seconds of a message.
constexpr double network_bytes = 10e9;
constexpr double network_latency = 2e-6;
constexpr double memory_copy_bytes = 4e9;  // between ranks of a host

}  // namespace

double Workplace::own(double rows) const { return std::ceil(rows / ranks); }

double Workplace::arithmetic_seconds(double fused) const {
  return fused / (0.5 * fused_per_pair * rates.pairs * cores());
}

double Workplace::mixed_seconds(double reference_seconds) const {
  const double slower = 0.5 * reference_rates.pairs / rates.pairs + 0.5 * reference_rates.bytes / rates.bytes;
  return reference_seconds * slower / cores();
}

double Workplace::exchange_seconds(double bytes, double messages) const {
  return ranks == 1   ? 0.0
         : hosts == 1 ? bytes / memory_copy_bytes + messages * 0.5 * network_latency
                      : bytes * ranks_per_host() / network_bytes + messages * network_latency;
}

}  // namespace distsne
