/// How much memory there is.
#pragma once

namespace distsne {

/// Bytes that this node can still give to processes: what the kernel reports as available, or what the memory limit of
/// this process's control group leaves, whichever is less. Infinite where neither is known.
[[nodiscard]] double available_memory_bytes();

}  // namespace distsne
