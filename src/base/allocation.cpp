/// Large pages for large arrays.
#include "distsne/base/allocation.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace distsne {
namespace {

constexpr std::size_t large_page = std::size_t{1} << 21;
bool keeps_memory = false;

#ifndef DISTSNE_SANITIZED
constexpr std::size_t least_large = 2 * large_page;

/// Null when there is none.
void* large_memory(std::size_t bytes) {
  const std::size_t whole = (bytes + large_page - 1) / large_page * large_page;
  void* const memory = whole < bytes ? nullptr : std::aligned_alloc(large_page, whole);
#ifdef MADV_HUGEPAGE
  if (memory != nullptr) {
    ::madvise(memory, whole, MADV_HUGEPAGE);  // advice: nothing is wrong when it is not taken
  }
#endif
  return memory;
}
#endif

}  // namespace

#ifdef DISTSNE_SANITIZED  // whose operator new watches every byte
void* allocate_array(std::size_t bytes, std::size_t alignment) {
  return ::operator new (bytes, std::align_val_t{alignment});
}
void free_array(void* memory, std::size_t alignment) noexcept {
  ::operator delete (memory, std::align_val_t{alignment});
}
#else
void* allocate_array(std::size_t bytes, std::size_t alignment) {
  void* memory = nullptr;
  if (bytes >= least_large && alignment <= large_page) {
    memory = large_memory(bytes);
  } else if (alignment <= alignof(std::max_align_t)) {
    memory = std::malloc(bytes == 0 ? 1 : bytes);
  } else {
    memory = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
  }
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
void free_array(void* memory, std::size_t /*alignment*/) noexcept { std::free(memory); }
#endif

void prepare_allocation() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
  keeps_memory = true;
}

void return_free_memory() {
  if (keeps_memory) {
    malloc_trim(0);
  }
}

void release_pages(std::span<std::byte> bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t before = (large_page - address % large_page) % large_page;
  if (before < bytes.size() && bytes.size() - before >= large_page) {
    // Advice: where it is not taken, the memory comes back with the array.
    ::madvise(bytes.data() + before, (bytes.size() - before) / large_page * large_page, MADV_DONTNEED);
  }
}

}  // namespace distsne
