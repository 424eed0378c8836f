/// How the program gets its memory.
#pragma once

#include <cstddef>
#include <span>

namespace distsne {

/// Once, when the program starts. Arrays of more than a few MB get large pages where the system offers them, and freed
/// memory is kept for the next array: the first touch of a page costs more than most passes over it, and random access
/// to small pages misses the processor's page tables.
void prepare_allocation();

/// Gives memory that is kept for the next array back to the system: between stages, whose arrays have other sizes.
void return_free_memory();

/// Gives the whole large pages among these bytes back to the system; what they held is lost, and touching them again
/// takes new ones.
void release_pages(std::span<std::byte> bytes);

}  // namespace distsne
