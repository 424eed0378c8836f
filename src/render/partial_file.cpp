/// Writing under a temporary name.
#include "render/partial_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/output_name.hpp"
#include "distsne/base/error.hpp"

namespace distsne {
namespace {

Error failure(const std::string& path, int reason) {
  return Error(fmt::format("writing '{}' failed: {}", path, std::strerror(reason)), ExitCode::io_failure);
}

}  // namespace

PartialFile::PartialFile(const std::string& path)
    : path_(target_of(path)),
      partial_(temporary_name(path)),
      descriptor_(::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    throw failure(partial_, errno);
  }
}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  if (!in_place_) {
    ::unlink(partial_.c_str());
  }
}

void PartialFile::write(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      throw failure(partial_, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(0, written)));
  }
}

void PartialFile::put_in_place() { put_in_place(path_); }

void PartialFile::put_in_place(const std::string& path) {
  if (::fsync(descriptor_) != 0 || ::close(std::exchange(descriptor_, -1)) != 0) {
    throw failure(partial_, errno);
  }
  if (std::rename(partial_.c_str(), target_of(path).c_str()) != 0) {
    throw failure(path, errno);
  }
  in_place_ = true;
}

}  // namespace distsne
