/// Whether an output can be written, writing to it, and putting it into place.
#include "io/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "io/result.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

namespace fs = std::filesystem;

/// Why `path` cannot become the output of a run on `input`; empty when it can.
std::string obstacle(const std::string& path, const std::string& input) {
  if (path.empty()) {
    return "its name is empty; name a file with -o";
  }
  std::error_code ignored;
  const fs::path parent = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::exists(parent, ignored)) {
    return fmt::format("the directory '{}' does not exist; create it first", parent.string());
  }
  if (!fs::is_directory(parent, ignored)) {
    return fmt::format("'{}' is not a directory", parent.string());
  }
  if (fs::is_symlink(path, ignored)) {
    const fs::path target = target_of(path);
    if (fs::is_symlink(target, ignored)) {
      return "it is a symbolic link that leads to itself; remove it, or choose another name with -o";
    }
    if (target.has_parent_path() && !fs::exists(target.parent_path(), ignored)) {
      return fmt::format("it is a symbolic link into the directory '{}', which does not exist; create it first",
                         target.parent_path().string());
    }
  }
  if (fs::is_directory(path, ignored)) {
    return "it is a directory; name a file in it";
  }
  if (fs::equivalent(path, input, ignored)) {
    return "it is the input; choose another name with -o";
  }
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    return "it is a device or a pipe, which a file would replace; choose another name with -o";
  }
  if (fs::exists(path, ignored) && ::access(path.c_str(), W_OK) != 0) {
    return fmt::format("{}; choose another name with -o, or allow writing to it", std::strerror(errno));
  }
  const std::string partial = temporary_name(path);
  if (fs::equivalent(partial, input, ignored)) {
    return fmt::format("while it is written it is called '{}', which is the input; choose another name with -o",
                       partial);
  }
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return fmt::format("{}; choose a directory that you may write to", std::strerror(errno));
  }
  ::close(descriptor);
  ::unlink(partial.c_str());
  return "";
}

}  // namespace

OutputFile::OutputFile(std::string path, Mode mode)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | (mode == Mode::create ? O_CREAT | O_TRUNC : 0), 0666)) {
  if (descriptor_ < 0) {
    fail(mode == Mode::join && errno == ENOENT ? " here: all nodes must see the directory of the output" : "");
  }
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void OutputFile::set_size(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
    fail();
  }
}

void OutputFile::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  constexpr std::size_t largest = std::size_t{1} << 30U;
  while (!bytes.empty()) {
    const auto written =
        ::pwrite(descriptor_, bytes.data(), std::min(bytes.size(), largest), static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR) {
      fail();
    }
    const auto advance = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    bytes = bytes.subspan(advance);
    offset += advance;
  }
}

void OutputFile::close() {
  if (::fsync(descriptor_) != 0 || ::close(std::exchange(descriptor_, -1)) != 0) {
    fail();
  }
}

void OutputFile::fail(const std::string& hint) const {
  throw Error(fmt::format("writing '{}' failed: {}{}", path_, std::strerror(errno), hint), ExitCode::io_failure);
}

void move_into_place(const std::string& path) {
  if (std::rename(temporary_name(path).c_str(), target_of(path).c_str()) != 0) {
    throw Error(fmt::format("writing '{}' failed: {}", path, std::strerror(errno)), ExitCode::io_failure);
  }
}

void write_changed_copy(const std::string& original, const std::string& output,
                        const std::function<void(const std::string& path)>& change) {
  const std::string partial = temporary_name(output);
  std::error_code failed;
  fs::copy_file(original, partial, fs::copy_options::overwrite_existing, failed);
  try {
    if (failed) {
      throw Error(fmt::format("copying '{}' to '{}' failed: {}", original, partial, failed.message()),
                  ExitCode::io_failure);
    }
    fs::permissions(partial, fs::perms::owner_write, fs::perm_options::add, failed);
    change(partial);
    OutputFile written(partial, OutputFile::Mode::join);
    written.close();
    move_into_place(output);
  } catch (...) {
    ::unlink(partial.c_str());
    throw;
  }
}

void require_writable(const Communicator& comm, const std::string& path, const std::string& input) {
  attempt_on_root(comm, [&] {
    const std::string reason = obstacle(path, input);
    if (!reason.empty()) {
      throw Error(fmt::format("cannot write '{}': {}", path, reason), ExitCode::bad_input);
    }
  });
}

}  // namespace distsne
