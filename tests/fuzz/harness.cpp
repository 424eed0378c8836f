/// The life of a fuzz target's process, for libFuzzer and for replay.cpp.
#include "fuzz/harness.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "distsne/base/error.hpp"
#include "io/hdf5_filters.hpp"
#include "io/hdf5_handle.hpp"
#include "mpi/environment.hpp"

// Allocations beyond 256 MB are findings: no input here says that it holds so much, but by lying. Plugins of MPI are
// unloaded before the end of the process, and what they have leaked cannot be told from other leaks after that.
extern "C" const char* __asan_default_options();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "max_allocation_size_mb=256:allocator_may_return_null=0";
}
extern "C" const char* __lsan_default_options();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "leak_check_at_exit=0";
}

namespace distsne::fuzz {
namespace {

/// Made once, and gone with the process.
struct Process {
  MpiEnvironment environment;
  Communicator alone = Communicator::self();
  std::string folder;

  Process(int& argc, char**& argv) : environment(argc, argv) {
    const bool in_memory = ::access("/dev/shm", W_OK) == 0;
    folder = ((in_memory ? "/dev/shm" : std::filesystem::temp_directory_path()) / "distsne-fuzz-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      throw Error("no temporary folder can be made: " + folder, ExitCode::failure);
    }
    set_up_hdf5();
    std::signal(SIGABRT, SIG_DFL);  // Open MPI takes it, and libFuzzer does not take what others have
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&&) = delete;
  Process& operator=(Process&&) = delete;
  ~Process() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

std::unique_ptr<Process> process;
std::size_t read_fine = 0;

}  // namespace

const Communicator& alone() { return process->alone; }
std::string scratch(const std::string& name) { return process->folder + "/" + name; }
std::size_t inputs_read() { return read_fine; }

bool reads(const std::function<void()>& read) {
  try {
    read();
    ++read_fine;
    return true;
  } catch (const Error& error) {
    if (error.code() == ExitCode::bad_input || error.code() == ExitCode::io_failure) {
      return false;
    }
    fmt::print(stderr, "an Error that does not blame the input: {}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "an exception that no reader should throw: {}\n", error.what());
  }
  std::abort();
}

void require(bool holds, const char* what) {
  if (!holds) {
    fmt::print(stderr, "this does not hold: {}\n", what);
    std::abort();
  }
}

}  // namespace distsne::fuzz

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  distsne::fuzz::process = std::make_unique<distsne::fuzz::Process>(*argc, *argv);
  return 0;
}
