/// How large arrays get their memory, and how a program that is nothing but distsne gets all of it.
#pragma once

#include <cstddef>
#include <span>

namespace distsne {

/// Memory for an array, in large pages where it is of more than a few MB and the system offers them: random access to
/// small pages misses the processor's page tables. Throws std::bad_alloc.
[[nodiscard]] void* allocate_array(std::size_t bytes, std::size_t alignment);
void free_array(void* memory, std::size_t alignment) noexcept;

/// Once, when a program starts that is nothing but distsne: freed memory is kept for the next array, as the first touch
/// of a page costs more than most passes over it. Host programs of the library are left as they are.
void prepare_allocation();

/// Gives memory that is kept for the next array back to the system: between stages, whose arrays have other sizes.
/// Nothing where prepare_allocation was not called.
void return_free_memory();

/// Gives the whole large pages among these bytes back to the system; what they held is lost, and touching them again
/// takes new ones.
void release_pages(std::span<std::byte> bytes);

}  // namespace distsne
