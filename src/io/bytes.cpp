/// Plain files by the system, archives by libzip.
#include "io/bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "distsne/base/error.hpp"
#include "mpi/processors.hpp"

namespace distsne {
namespace {

class PlainBytes : public Bytes {
 public:
  explicit PlainBytes(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
      throw Error(fmt::format("'{}' cannot be opened on host {}: {}", path, host_name(), std::strerror(errno)),
                  ExitCode::io_failure);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~PlainBytes() override {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  PlainBytes(const PlainBytes&) = delete;
  PlainBytes& operator=(const PlainBytes&) = delete;
  PlainBytes(PlainBytes&&) = delete;
  PlainBytes& operator=(PlainBytes&&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    constexpr std::size_t largest = std::size_t{1} << 30U;
    while (!out.empty()) {
      const auto got = ::pread(descriptor_, out.data(), std::min(out.size(), largest), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        throw Error(fmt::format("reading '{}' failed: {}", path_, std::strerror(errno)), ExitCode::io_failure);
      }
      if (got == 0) {
        throw Error(fmt::format("'{}' ends too early: it is truncated", path_), ExitCode::bad_input);
      }
      out = out.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
  }

 private:
  std::string path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

/// An archive that closes itself.
class Archive {
 public:
  explicit Archive(const std::string& path) : zip_(zip_open(path.c_str(), ZIP_RDONLY, nullptr)) {
    if (zip_ == nullptr) {
      throw Error(fmt::format("'{}' is a zip archive that cannot be opened: it is truncated or damaged", path),
                  ExitCode::bad_input);
    }
  }
  ~Archive() { zip_discard(zip_); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  Archive(Archive&&) = delete;
  Archive& operator=(Archive&&) = delete;
  [[nodiscard]] zip_t* get() const { return zip_; }

 private:
  zip_t* zip_;
};

class ZippedBytes : public Bytes {
 public:
  ZippedBytes(const std::string& path, std::string name) : archive_(path), path_(path), name_(std::move(name)) {
    zip_stat_t status;
    if (zip_stat(archive_.get(), name_.c_str(), 0, &status) != 0 || (status.valid & ZIP_STAT_SIZE) == 0U) {
      fail();
    }
    size_ = status.size;
  }
  ~ZippedBytes() override { close(); }
  ZippedBytes(const ZippedBytes&) = delete;
  ZippedBytes& operator=(const ZippedBytes&) = delete;
  ZippedBytes(ZippedBytes&&) = delete;
  ZippedBytes& operator=(ZippedBytes&&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool packed() const override { return true; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (file_ == nullptr || offset < place_) {
      close();
      file_ = zip_fopen(archive_.get(), name_.c_str(), 0);
      place_ = 0;
      if (file_ == nullptr) {
        fail();
      }
    }
    std::array<std::byte, 65536> passed{};
    while (place_ < offset) {
      advance(std::span(passed).first(std::min<std::uint64_t>(passed.size(), offset - place_)));
    }
    while (!out.empty()) {
      const std::size_t got = advance(out.first(std::min(out.size(), std::size_t{1} << 30U)));
      out = out.subspan(got);
    }
  }

 private:
  std::size_t advance(std::span<std::byte> out) const {
    const zip_int64_t got = zip_fread(file_, out.data(), out.size());
    if (got <= 0) {
      fail();
    }
    place_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  void close() const {
    if (file_ != nullptr) {
      zip_fclose(file_);
      file_ = nullptr;
    }
  }
  [[noreturn]] void fail() const {
    throw Error(fmt::format("'{}': '{}' cannot be unpacked; the file is truncated or damaged", path_, name_),
                ExitCode::bad_input);
  }

  Archive archive_;
  std::string path_;
  std::string name_;
  std::uint64_t size_ = 0;
  mutable zip_file_t* file_ = nullptr;
  mutable std::uint64_t place_ = 0;
};

}  // namespace

std::string Bytes::text(std::uint64_t offset, std::size_t size) const {
  std::string result(size, '\0');
  read(offset, std::as_writable_bytes(std::span(result)));
  return result;
}

std::unique_ptr<Bytes> open_bytes(const std::string& path) { return std::make_unique<PlainBytes>(path); }

std::vector<std::string> names_in_zip(const std::string& path) {
  const Archive archive(path);
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* const name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    if (name != nullptr) {
      names.emplace_back(name);
    }
  }
  return names;
}

std::unique_ptr<Bytes> open_in_zip(const std::string& path, const std::string& name) {
  return std::make_unique<ZippedBytes>(path, name);
}

}  // namespace distsne
