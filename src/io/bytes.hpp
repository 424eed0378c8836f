/// Files of bytes: plain ones, gzip's, and members of zip archives, read at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace distsne {

/// Bytes that one process reads. Throws Error: I/O when reading fails, bad input where there are fewer bytes.
class Bytes {
 public:
  Bytes() = default;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  Bytes(Bytes&&) = delete;
  Bytes& operator=(Bytes&&) = delete;
  virtual ~Bytes() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on. What is compressed is unpacked from its beginning again for offsets that fall.
  virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
  [[nodiscard]] virtual bool packed() const { return false; }
  [[nodiscard]] std::string text(std::uint64_t offset, std::size_t size) const;
};

/// A file as it is.
[[nodiscard]] std::unique_ptr<Bytes> open_bytes(const std::string& path);

/// Names of the files in a zip archive.
[[nodiscard]] std::vector<std::string> names_in_zip(const std::string& path);
[[nodiscard]] std::unique_ptr<Bytes> open_in_zip(const std::string& path, const std::string& name);

}  // namespace distsne
