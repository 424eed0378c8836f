/// How much memory there is, and how much of it this process has had.
#pragma once

namespace distsne {

/// Bytes that this node can still give to processes: what the kernel reports as available, or what the memory limit of
/// this process's control group leaves, whichever is less. Infinite where neither is known.
[[nodiscard]] double available_memory_bytes();

/// The most resident memory that this process has had, in bytes.
[[nodiscard]] double peak_memory_bytes();

/// The same since the last call of begin_memory_peak, or since the start; since the start as well where the kernel does
/// not let a process begin anew.
[[nodiscard]] double latest_memory_peak_bytes();
void begin_memory_peak();

}  // namespace distsne
