/// Outputs are whole or untouched: what can be known is refused beforehand, and a failing write leaves nothing behind.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/hdf5_files.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "mpi/processors.hpp"
#include "support/data.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

namespace fs = std::filesystem;
using test::expect_error;

/// Makes writes past a number of bytes fail in this process, as on a full file system.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::size_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

class Output : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};
  std::string input_path = folder.file("input.h5");
  std::string output = folder.file("result.h5");
  static constexpr GlobalIndex rows = 20000;
  InputDescription input{input_path, "/X", rows, 2};
  Embedding<float> map = test::random_map<float>(RowPartition(rows, comm.size()), comm.rank(), 2, 1.0);

  void SetUp() override {
    attempt_on_root(comm, [&] { test::put_numbers(input_path, "X", {2, 2}, {1, 2, 3, 4}); });
  }
  void make_output(const std::string& content) {
    attempt_on_root(comm, [&] { std::ofstream(output) << content; });
  }
  [[nodiscard]] std::string content_of_output() const {
    std::ifstream stream(output);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
  }
  /// The names in the folder, on rank 0.
  [[nodiscard]] std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.file(""))) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  void expect_left(const std::vector<std::string>& names) {
    attempt_on_root(comm, [&] { EXPECT_EQ(left(), names); });
  }
  void expect_refused(const std::string& path, const std::string& reason) {
    expect_error(comm, ExitCode::bad_input, {"cannot write '" + path + "'", reason},
                 [&] { require_writable(comm, path, input_path); });
  }
};

TEST_F(Output, GoodNamesAreAcceptedAndNothingIsLeftBehind) {
  EXPECT_NO_THROW(require_writable(comm, output, input_path));
  expect_left({"input.h5"});
  make_output("before");
  EXPECT_NO_THROW(require_writable(comm, output, input_path));
  EXPECT_NO_THROW(require_writable(comm, output, folder.file("missing.h5")));
  expect_left({"input.h5", "result.h5"});
  EXPECT_EQ(content_of_output(), "before");
}

TEST_F(Output, BadNamesAreRefused) {
  expect_refused("", "empty");
  expect_refused(folder.file("no/such/result.h5"), fmt::format("'{}' does not exist", folder.file("no/such")));
  expect_refused(folder.file("input.h5/result.h5"), "is not a directory");
  expect_refused(folder.file(""), "it is a directory");
  expect_refused(folder.file(std::string(300, 'x')), "File name too long");
  expect_refused("/proc/result.h5", "choose a directory that you may write to");
  expect_left({"input.h5"});
}

TEST_F(Output, TheInputIsRefusedUnderAnyName) {
  attempt_on_root(comm, [&] {
    fs::create_symlink(input_path, folder.file("soft.h5"));
    fs::create_hard_link(input_path, folder.file("hard.h5"));
    fs::create_directory(folder.file("sub"));
  });
  for (const char* name : {"input.h5", "soft.h5", "hard.h5", "sub/../input.h5"}) {
    expect_refused(folder.file(name), "it is the input");
  }
  EXPECT_EQ(test::numbers_of(input_path, "X").size(), 4U);
}

TEST_F(Output, TheInputIsNotTakenForAHalfWrittenResult) {
  const std::string partial = output + ".partial";
  attempt_on_root(comm, [&] { fs::rename(input_path, partial); });
  expect_error(comm, ExitCode::bad_input, {"cannot write '" + output + "'", "which is the input"},
               [&] { require_writable(comm, output, partial); });
  expect_left({"result.h5.partial"});
}

TEST_F(Output, PipesAndDevicesAreNotReplaced) {
  attempt_on_root(comm, [&] { ASSERT_EQ(::mkfifo(output.c_str(), 0600), 0); });
  expect_refused(output, "a device or a pipe");
  expect_left({"input.h5", "result.h5"});
}

TEST_F(Output, WriteProtectedFilesAndDirectoriesAreRefused) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may write everywhere";
  }
  make_output("before");
  attempt_on_root(comm, [&] { fs::permissions(output, fs::perms::owner_read); });
  expect_refused(output, "Permission denied");
  attempt_on_root(comm, [&] {
    fs::create_directory(folder.file("closed"));
    fs::permissions(folder.file("closed"), fs::perms::owner_read | fs::perms::owner_exec);
  });
  expect_refused(folder.file("closed/result.h5"), "Permission denied");
}

TEST_F(Output, AnExistingResultIsReplacedWhole) {
  make_output("before");
  attempt_on_root(comm, [&] { std::ofstream(output + ".partial") << "left by a run that was killed"; });
  write_result(comm, output, map, input, RunRecord{});
  expect_left({"input.h5", "result.h5"});
  attempt_on_root(comm, [&] { EXPECT_EQ(test::numbers_of(output, "embedding").size(), 40000U); });
}

TEST_F(Output, SurvivesAFullFileSystem) {
  make_output("before");
  {
    const FileSizeLimit limit(50000);  // the map takes 160,000 bytes
    expect_error(comm, ExitCode::io_failure, {"writing '" + output + ".partial' failed"},
                 [&] { write_result(comm, output, map, input, RunRecord{}); });
  }
  expect_left({"input.h5", "result.h5"});
  EXPECT_EQ(content_of_output(), "before");
}

// A rank whose rows lie below its limit writes them, and then the result is whole.
TEST_F(Output, IsWholeOrUntouchedWhenOneRankCannotWrite) {
  for (Rank failing = 0; failing < comm.size(); ++failing) {
    make_output("before");
    bool failed = false;
    {
      const FileSizeLimit limit(comm.rank() == failing ? 50000 : RLIM_INFINITY);
      try {
        write_result(comm, output, map, input, RunRecord{});
      } catch (const Error& error) {
        failed = true;
        EXPECT_TRUE(error.everywhere());
        EXPECT_EQ(error.code(), ExitCode::io_failure);
      }
    }
    EXPECT_EQ(comm.sum(std::int64_t{failed}), failed ? comm.size() : 0) << "some ranks noticed, others did not";
    expect_left({"input.h5", "result.h5"});
    attempt_on_root(comm, [&] {
      if (failed) {
        EXPECT_EQ(content_of_output(), "before");
      } else {
        const auto expected = test::random_map<float>(test::whole(rows), 0, 2, 1.0);
        EXPECT_EQ(test::numbers_of(output, "embedding"),
                  std::vector<double>(expected.values.begin(), expected.values.end()));
      }
    });
    comm.barrier();
  }
}

TEST_F(Output, SurvivesAnInputThatVanished) {
  make_output("before");
  attempt_on_root(comm, [&] { fs::remove(input_path); });
  expect_error(comm, ExitCode::io_failure, {"'" + input_path + "'"},
               [&] { write_result(comm, output, map, input, RunRecord{}); });
  expect_left({"result.h5"});
  EXPECT_EQ(content_of_output(), "before");
}

TEST_F(Output, CannotTakeThePlaceOfADirectory) {
  attempt_on_root(comm, [&] {
    fs::create_directory(output);
    std::ofstream(output + "/kept") << "before";
  });
  expect_error(comm, ExitCode::io_failure, {"writing '" + output + "' failed", "directory"},
               [&] { write_result(comm, output, map, input, RunRecord{}); });
  expect_left({"input.h5", "result.h5"});
  EXPECT_TRUE(fs::exists(output + "/kept"));
}

TEST_F(Output, CannotBeWrittenIntoADirectoryThatVanished) {
  expect_error(comm, ExitCode::io_failure, {"writing '", "gone/result.h5.partial' failed"},
               [&] { write_result(comm, folder.file("gone/result.h5"), map, input, RunRecord{}); });
  expect_left({"input.h5"});
}

// Ranks with working directories of their own, as on nodes that do not share a file system.
class SeparateNodes : public Output {
 protected:
  void SetUp() override {
    Output::SetUp();
    attempt_everywhere(comm, [&] { fs::create_directory(own); });
    fs::current_path(own);
  }
  void TearDown() override { fs::current_path(before); }

  std::string own = folder.file("node_" + std::to_string(comm.rank()));
  fs::path before = fs::current_path();
};

TEST_F(SeparateNodes, AreToldThatTheOutputMustBeSharedByAll) {
  if (comm.size() == 1) {
    write_result(comm, "result.h5", map, input, RunRecord{});
    return;
  }
  expect_error(comm, ExitCode::io_failure, {"'result.h5.partial'", "all nodes must see the directory of the output"},
               [&] { write_result(comm, "result.h5", map, input, RunRecord{}); });
  EXPECT_TRUE(fs::is_empty("."));
}

TEST_F(SeparateNodes, AreToldThatTheInputMustBeSharedByAll) {
  attempt_on_root(comm, [&] { fs::copy_file(input_path, "input.h5"); });
  const InputDescription own_input = describe_input(comm, {"input.h5", ""});
  if (comm.size() == 1) {
    EXPECT_NO_THROW(static_cast<void>(read_matrix<float>(comm, own_input)));
    return;
  }
  expect_error(comm, ExitCode::io_failure,
               {"'input.h5' cannot be opened on host " + host_name() + ": all nodes must see it"},
               [&] { static_cast<void>(read_matrix<float>(comm, own_input)); });
}

}  // namespace
}  // namespace distsne
