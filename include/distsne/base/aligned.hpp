/// Vectors whose storage begins on a cache line, so that SIMD loads of whole registers never straddle one.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

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
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignment}));
  }
  void deallocate(T* pointer, std::size_t /*count*/) noexcept {
    ::operator delete (pointer, std::align_val_t{alignment});
  }
  friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) noexcept { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// The least multiple of `step` that is not below `count`.
[[nodiscard]] constexpr std::size_t round_up(std::size_t count, std::size_t step) {
  return (count + step - 1) / step * step;
}

}  // namespace distsne
