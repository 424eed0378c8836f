/// Large pages for all large arrays of the program, by replacing the global operator new (C++20, [new.delete]): part of
/// the executables, never of the library, which leaves its host program as it is.
#include <new>

#include "distsne/base/allocation.hpp"

#ifndef DISTSNE_SANITIZED  // the sanitizers have an operator new of their own

namespace {

using distsne::allocate_array;
using distsne::free_array;

}  // namespace

void* operator new(std::size_t bytes) { return allocate_array(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate_array(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { free_array(memory, 1); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { free_array(memory, 1); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { free_array(memory, 1); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  free_array(memory, 1);
}
#endif
