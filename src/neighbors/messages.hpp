/// Messages of plain values to other ranks.
#pragma once

#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Appends plain values to a message, and takes them out again.
class Message {
 public:
  template <class T>
  void put(const T& value) {
    put_all(std::span<const T>(&value, 1));
  }
  template <class T>
  void put_all(std::span<const T> values) {
    const std::size_t at = data.size();
    data.resize(at + values.size_bytes());
    std::memcpy(data.data() + at, values.data(), values.size_bytes());
  }
  std::vector<std::byte> data;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> data) : data_(data) {}
  template <class T>
  T take() {
    T value;
    take_all(std::span<T>(&value, 1));
    return value;
  }
  template <class T>
  void take_all(std::span<T> values) {
    std::memcpy(values.data(), data_.data() + at_, values.size_bytes());
    at_ += values.size_bytes();
  }
  [[nodiscard]] bool done() const { return at_ == data_.size(); }

 private:
  std::span<const std::byte> data_;
  std::size_t at_ = 0;
};

/// Messages that came from the ranks, one after the other.
struct Arrived {
  std::vector<std::byte> data;
  std::vector<std::int64_t> bytes;  // from each rank

  [[nodiscard]] std::span<const std::byte> of(std::size_t rank) const {
    const auto begin =
        std::accumulate(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(rank), std::int64_t{0});
    return std::span<const std::byte>(data).subspan(static_cast<std::size_t>(begin),
                                                    static_cast<std::size_t>(bytes[rank]));
  }
};

/// Collective. Sends each rank the parts of `messages` for it (one for each rank, some may be empty), in their order.
[[nodiscard]] Arrived send_messages(const Communicator& comm, const std::vector<std::vector<Message>>& messages);

}  // namespace distsne
