/// Saved files: what goes in comes out on any partition, and damage of any byte is noticed.
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "io/saved_file.hpp"
#include "support/data.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex rows = 41;

class Saved : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};
  std::string path = folder.file("state");

  template <class T>
  [[nodiscard]] std::vector<T> values(const RowPartition& partition, GlobalIndex columns) const {
    std::vector<T> result;
    for (GlobalIndex i = partition.begin(comm.rank()) * columns; i < partition.end(comm.rank()) * columns; ++i) {
      result.push_back(static_cast<T>(i * i + 3));
    }
    return result;
  }

  void write(const RowPartition& partition) const {
    const GlobalIndex first = partition.begin(comm.rank());
    const auto map = values<float>(partition, 2);
    const auto gains = values<double>(partition, 3);
    const auto columns = values<CompactIndex>(partition, 1);
    const auto order = values<std::int64_t>(partition, 1);
    const std::array<SavedArray, 5> arrays{SavedArray::of<float>("map", rows, 2, first, map),
                                           SavedArray::of<double>("gains", rows, 3, first, gains),
                                           SavedArray::of<CompactIndex>("columns", rows, 1, first, columns),
                                           SavedArray::of<std::int64_t>("order", rows, 1, first, order),
                                           SavedArray::of<float>("nothing", 0, 4, 0, std::vector<float>{})};
    write_saved(comm, path, arrays, "facts: \"a\"\n{1.5}");
  }

  void expect_whole(const RowPartition& partition) const {
    const SavedFile file(comm, path);
    EXPECT_EQ(file.facts(), "facts: \"a\"\n{1.5}");
    EXPECT_EQ(file.rows("map"), rows);
    EXPECT_EQ(file.rows("nothing"), 0);
    EXPECT_EQ(file.rows("none"), -1);
    const auto equal = [](const auto& found, const auto& expected) {
      return std::equal(found.begin(), found.end(), expected.begin(), expected.end());
    };
    EXPECT_TRUE(equal(file.read<AlignedVector<float>>("map", 2, partition), values<float>(partition, 2)));
    EXPECT_TRUE(equal(file.read<AlignedVector<double>>("gains", 3, partition), values<double>(partition, 3)));
    EXPECT_TRUE(
        equal(file.read<UnsetVector<CompactIndex>>("columns", 1, partition), values<CompactIndex>(partition, 1)));
    EXPECT_TRUE(equal(file.read<std::vector<GlobalIndex>>("order", 1, partition), values<std::int64_t>(partition, 1)));
  }

  template <class Work>
  void expect_damage(const Work& work, const std::string& what) const {
    try {
      work();
      FAIL() << what << " is not noticed";
    } catch (const Error& error) {
      EXPECT_TRUE(error.everywhere());
      EXPECT_EQ(error.code(), ExitCode::io_failure);
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
  }
};

TEST_F(Saved, RoundTripOnAnyPartitions) {
  for (const RowPartition& from : test::partitions(rows, comm.size())) {
    write(from);
    for (const RowPartition& to : test::partitions(rows, comm.size())) {
      expect_whole(to);
    }
  }
}

TEST_F(Saved, WrongNamesShapesAndTypesAreDamage) {
  const RowPartition partition(rows, comm.size());
  write(partition);
  const SavedFile file(comm, path);
  expect_damage([&] { static_cast<void>(file.read<AlignedVector<float>>("none", 2, partition)); }, "another name");
  expect_damage([&] { static_cast<void>(file.read<AlignedVector<float>>("map", 3, partition)); }, "another shape");
  expect_damage([&] { static_cast<void>(file.read<AlignedVector<double>>("map", 2, partition)); }, "another type");
}

TEST_F(Saved, EveryDamagedPlaceIsNoticedOrHarmless) {
  const RowPartition partition(rows, comm.size());
  write(partition);
  std::string whole;
  if (comm.is_root()) {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  whole = comm.broadcast_string(whole);
  std::size_t noticed = 0;
  const std::size_t step = comm.size() == 1 ? 37 : 1009;
  for (std::size_t place = 0; place < whole.size(); place += step) {
    if (comm.is_root()) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ 0x5A);
      std::ofstream(path, std::ios::binary) << damaged;
    }
    comm.barrier();
    try {
      expect_whole(partition);  // bytes of padding may change nothing
    } catch (const Error& error) {
      EXPECT_TRUE(error.everywhere()) << place;
      ++noticed;
    }
    comm.barrier();
  }
  EXPECT_GT(noticed, whole.size() / step / 10);
}

}  // namespace
}  // namespace distsne
