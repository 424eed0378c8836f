/// Advisory locks on a file beside the output.
#include "io/output_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "io/output_file.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"

namespace distsne {
namespace {

/// mpirun returns as soon as one rank has failed: for a moment the others live on, with all that they hold. A lock is
/// taken for another run's only when it is held for longer than that.
constexpr std::chrono::seconds grace{10};
constexpr std::chrono::milliseconds between_tries{50};

/// Whether `path` still leads to the file that is open: whoever held the lock before may have removed it.
bool still_there(int descriptor, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

std::string holder(int descriptor) {
  std::array<char, 300> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string("another process");
}

}  // namespace

OutputLock::OutputLock(const Communicator& comm, const std::string& output) : path_(target_of(output) + ".lock") {
  attempt_on_root(comm, [&] {
    const auto deadline = std::chrono::steady_clock::now() + grace;
    for (;;) {
      descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (descriptor_ < 0) {
        return;  // whether the folder can be written to is for others to say
      }
      if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const bool held = errno == EWOULDBLOCK;
        const std::string by = held ? holder(descriptor_) : std::string();
        ::close(descriptor_);
        descriptor_ = -1;
        if (!held) {
          ::unlink(path_.c_str());
          return;
        }
        if (std::chrono::steady_clock::now() < deadline) {
          std::this_thread::sleep_for(between_tries);
          continue;
        }
        throw Error(
            fmt::format("'{}' is being written by {}: wait for it to end, or choose another name with -o", output, by),
            ExitCode::bad_input);
      }
      if (still_there(descriptor_, path_)) {
        break;
      }
      ::close(descriptor_);
    }
    const std::string self = fmt::format("process {} on {}", ::getpid(), host_name());
    const bool written = ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, self.data(), self.size(), 0) > 0;
    static_cast<void>(written);  // it is for a message only
  });
}

OutputLock::~OutputLock() {
  if (descriptor_ >= 0) {
    ::unlink(path_.c_str());
    ::close(descriptor_);
  }
}

}  // namespace distsne
