/// The one main of all C++ tests: owns MPI, lets rank 0 speak, and names the rank of every failure.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "distsne/mpi/communicator.hpp"
#include "mpi/environment.hpp"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace {

/// Prints the failures of one rank.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(const distsne::Communicator& comm)
      : prefix_(fmt::format("[rank {}/{}] ", comm.rank(), comm.size())) {}

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed()) {
      fmt::print(stderr, "{}{}:{}: {}\n", prefix_, result.file_name() == nullptr ? "?" : result.file_name(),
                 result.line_number(), result.summary());
      std::fflush(stderr);
    }
  }

 private:
  std::string prefix_;
};

/// Under the address sanitizer: ends the process when memory has leaked. Now, because later, when MPI has unloaded its
/// plugins, what those have leaked cannot be told from what the program has.
void check_leaks() {
#ifdef __SANITIZE_ADDRESS__
  __lsan_do_leak_check();
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const distsne::MpiEnvironment environment(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  // An exception that a test does not expect ends the process and so the job: other ranks would wait for this one.
  testing::GTEST_FLAG(catch_exceptions) = false;
  const auto comm = distsne::Communicator::world();
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  if (!comm.is_root()) {
    delete listeners.Release(listeners.default_result_printer());
  }
  if (comm.size() > 1) {
    listeners.Append(new FailurePrinter(comm));
  }
  const int failed = RUN_ALL_TESTS();
  const auto failed_anywhere = static_cast<int>(comm.max(std::int64_t{failed}));
  check_leaks();
  return failed_anywhere;
}
