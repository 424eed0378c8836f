/// How the program gets its memory.
#pragma once

namespace distsne {

/// Once, when the program starts. Arrays of more than a few MB get large pages where the system offers them, and freed
/// memory is kept for the next array: the first touch of a page costs more than most passes over it, and random access
/// to small pages misses the processor's page tables.
void prepare_allocation();

/// Gives memory that is kept for the next array back to the system: between stages, whose arrays have other sizes.
void return_free_memory();

}  // namespace distsne
