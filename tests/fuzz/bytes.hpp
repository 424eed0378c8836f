/// The bytes of a fuzzer's input, taken from the front as values; zeros when there are no more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace distsne::fuzz {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  [[nodiscard]] std::size_t size() const { return left_.size(); }

  template <class T>
  T value() {
    static_assert(std::is_trivially_copyable_v<T>);
    T result{};
    const std::size_t count = std::min(sizeof(T), left_.size());
    std::memcpy(&result, left_.data(), count);
    left_ = left_.subspan(count);
    return result;
  }
  std::uint8_t byte() { return value<std::uint8_t>(); }
  /// A number from 0 to count - 1; takes one byte, so that a count beyond 256 is not reached.
  std::size_t below(std::size_t count) { return byte() % count; }
  /// True for one of 8 values of a byte; 0 is none of them.
  bool rarely() { return byte() % 8 == 7; }
  /// One of some values; 0 gives the first, which is to be the usual one.
  template <class Values>
  auto one_of(const Values& values) {
    return *(std::begin(values) + static_cast<std::ptrdiff_t>(below(std::size(values))));
  }
  /// Up to `most` characters, as many as the first byte says.
  std::string text(std::size_t most) {
    const std::size_t wanted = below(most + 1);  // takes a byte before the rest is counted
    const std::size_t count = std::min(wanted, left_.size());
    std::string result(reinterpret_cast<const char*>(left_.data()), count);
    left_ = left_.subspan(count);
    return result;
  }
  std::string rest() {
    std::string result(reinterpret_cast<const char*>(left_.data()), left_.size());
    left_ = {};
    return result;
  }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace distsne::fuzz
