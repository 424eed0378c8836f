/// Vectors whose storage begins on a cache line, so that SIMD loads of whole registers never straddle one, and large
/// ones whose memory comes and goes with what is in them.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "distsne/base/allocation.hpp"

namespace distsne {

/// Alignment in bytes of every AlignedVector: one cache line, which is also the widest SIMD register.
inline constexpr std::size_t alignment = 64;

template <class T>
struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>& /*other*/) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return static_cast<T*>(allocate_array(count * sizeof(T), alignment));
  }
  void deallocate(T* pointer, std::size_t /*count*/) noexcept { free_array(pointer, alignment); }
  friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) noexcept { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// The same, but elements that are added without a value stay unset: pages of a large array are first touched where
/// they are filled, by the thread that fills them, and take no memory before.
template <class T>
struct UnsetAllocator : AlignedAllocator<T> {
  UnsetAllocator() = default;
  template <class U>
  explicit UnsetAllocator(const UnsetAllocator<U>& /*other*/) noexcept {}
  template <class U>
  struct rebind {
    using other = UnsetAllocator<U>;
  };

  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
  }
};

template <class T>
using UnsetVector = std::vector<T, UnsetAllocator<T>>;

/// Gives the memory of the first `count` elements of a large array back to the system, in whole large pages, while the
/// others are still needed. The values of those elements are lost.
template <class Array>
void release_front(Array& array, std::size_t count) {
  release_pages(std::as_writable_bytes(std::span(array).first(count)));
}

}  // namespace distsne
