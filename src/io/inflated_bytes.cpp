/// Unpacking by zlib from the beginning of a stream, as far as it is read.
#include "io/inflated_bytes.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

class PartOfBytes : public Bytes {
 public:
  PartOfBytes(std::unique_ptr<Bytes> whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override { whole_->read(offset_ + offset, out); }

 private:
  std::unique_ptr<Bytes> whole_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

class InflatedBytes : public Bytes {
 public:
  InflatedBytes(std::unique_ptr<Bytes> packed, std::uint64_t size, std::string path)
      : packed_(std::move(packed)), size_(size), path_(std::move(path)) {
    if (inflateInit(&stream_) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~InflatedBytes() override { inflateEnd(&stream_); }
  InflatedBytes(const InflatedBytes&) = delete;
  InflatedBytes& operator=(const InflatedBytes&) = delete;
  InflatedBytes(InflatedBytes&&) = delete;
  InflatedBytes& operator=(InflatedBytes&&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool packed() const override { return true; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset < place_) {
      inflateReset(&stream_);
      stream_.avail_in = 0;
      place_ = taken_ = 0;
    }
    std::array<std::byte, 65536> passed{};
    while (place_ < offset) {
      advance(std::span(passed).first(std::min<std::uint64_t>(passed.size(), offset - place_)));
    }
    constexpr std::size_t largest = std::size_t{1} << 30U;
    while (!out.empty()) {
      const std::size_t piece = std::min(out.size(), largest);
      advance(out.first(piece));
      out = out.subspan(piece);
    }
  }

 private:
  void advance(std::span<std::byte> out) const {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        const std::uint64_t piece = std::min<std::uint64_t>(input_.size(), packed_->size() - taken_);
        packed_->read(taken_, std::span(input_).first(piece));
        taken_ += piece;
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(piece);
      }
      const int state = inflate(&stream_, Z_NO_FLUSH);
      if ((state != Z_OK && state != Z_STREAM_END) || (state == Z_STREAM_END && stream_.avail_out > 0)) {
        throw Error(fmt::format("'{}' cannot be unpacked; the file is truncated or damaged", path_),
                    ExitCode::bad_input);
      }
    }
    place_ += out.size();
  }

  std::unique_ptr<Bytes> packed_;
  std::uint64_t size_;
  std::string path_;
  mutable z_stream stream_{};
  mutable std::vector<std::byte> input_ = std::vector<std::byte>(65536);
  mutable std::uint64_t place_ = 0;  // unpacked so far
  mutable std::uint64_t taken_ = 0;  // of the packed bytes
};

}  // namespace

std::unique_ptr<Bytes> part_of(std::unique_ptr<Bytes> whole, std::uint64_t offset, std::uint64_t size) {
  return std::make_unique<PartOfBytes>(std::move(whole), offset, size);
}

std::unique_ptr<Bytes> inflated(std::unique_ptr<Bytes> packed, std::uint64_t size, std::string path) {
  return std::make_unique<InflatedBytes>(std::move(packed), size, std::move(path));
}

}  // namespace distsne
