/// The smallest of some keys.
#pragma once

#include <cstdint>
#include <span>

namespace distsne {

/// Moves the `keep` smallest keys to the front, in no particular order, and returns the largest of them; the others are
/// lost. 0 < keep <= keys.size().
std::uint64_t select_smallest(std::span<std::uint64_t> keys, std::size_t keep);

}  // namespace distsne
