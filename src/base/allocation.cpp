/// Large pages for large arrays, by replacing the global operator new (C++20, [new.delete]).
#include "distsne/base/allocation.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t large_page = std::size_t{1} << 21;

}  // namespace

#ifndef DISTSNE_SANITIZED  // the sanitizers have an operator new of their own

namespace {

constexpr std::size_t least_large = 2 * large_page;

/// Memory that free() takes back; null when there is none.
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

void* memory_or_throw(std::size_t bytes, std::size_t alignment) {
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

}  // namespace

void* operator new(std::size_t bytes) { return memory_or_throw(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return memory_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
#endif

namespace distsne {

void prepare_allocation() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
}

void return_free_memory() { malloc_trim(0); }

void release_pages(std::span<std::byte> bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t before = (large_page - address % large_page) % large_page;
  if (before < bytes.size() && bytes.size() - before >= large_page) {
    // Advice: where it is not taken, the memory comes back with the array.
    ::madvise(bytes.data() + before, (bytes.size() - before) / large_page * large_page, MADV_DONTNEED);
  }
}

}  // namespace distsne
