/// Results hold what was written, whatever the partition: map, history, timings, attributes, what the input says of
/// rows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/version.hpp"
#include "io/hdf5_files.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "support/data.hpp"
#include "support/folder.hpp"

namespace distsne {
namespace {

using test::numbers_of;
using test::put_numbers;
using test::put_strings;
using test::strings_of;

RunRecord sample_record() {
  RunRecord record;
  record.history = {{0, 4.5, 0.25, 0.01, 12.0}, {50, 3.5, 1e-300, 0.02, 12.0}, {100, 0.125, 0.0, 0.03, 1.0}};
  record.timings = {{"read", 0.5, 0.75, 1.0}, {"iterations", 2.0, 3.0, 4.0}};
  record.peak_memory = {"peak memory", 1e8, 2e8, 3e8};
  record.config =
      "method = \"tsne\"\n# gr\xc3\xb6\xc3\x9f"
      "e\n";
  record.method = "tsne";
  record.input = "data.h5:/X";
  record.instruction_set = "AVX2";
  record.seed = 18446744073709551615U;
  record.ranks = 7;
  record.threads = 3;
  return record;
}

class Result : public testing::Test {
 protected:
  Communicator comm = Communicator::world();
  test::TemporaryFolder folder{comm};
  std::string input_path = folder.file("input.h5");
  std::string output = folder.file("result.h5");

  InputDescription make_input(const std::function<void()>& fill, GlobalIndex rows, const std::string& dataset = "/X") {
    attempt_on_root(comm, fill);
    return {input_path, dataset, rows, 2};
  }
  InputDescription plain_input(GlobalIndex rows) {
    return make_input(
        [&] {
          put_numbers(input_path, "X", {static_cast<hsize_t>(rows), 2},
                      std::vector<double>(static_cast<std::size_t>(2 * rows), 1.0));
        },
        rows);
  }
  /// Runs checks on rank 0 once the file is there for it to see.
  void on_root(const std::function<void()>& check) { attempt_on_root(comm, check); }
};

template <class Real>
class ResultMap : public Result {};
using RealTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(ResultMap, RealTypes);

TYPED_TEST(ResultMap, IsWrittenToTheLastBitFromAnyPartition) {
  for (const GlobalIndex rows : {2, 5, 41}) {
    const InputDescription input = this->plain_input(rows);
    for (const LocalIndex dims : {1, 2, 3}) {
      const auto expected = test::random_map<TypeParam>(test::whole(rows), 0, dims, 10.0);
      for (const RowPartition& partition : test::partitions(rows, this->comm.size())) {
        const auto map = test::random_map<TypeParam>(partition, this->comm.rank(), dims, 10.0);
        write_result(this->comm, this->output, map, input, sample_record());
        this->on_root([&] {
          EXPECT_EQ(test::type_of(this->output, "embedding"), fmt::format("float of {}", sizeof(TypeParam)));
          const std::vector<double> written = numbers_of(this->output, "embedding");
          EXPECT_EQ(written, std::vector<double>(expected.values.begin(), expected.values.end()));
        });
      }
    }
    this->on_root([&] { std::remove(this->input_path.c_str()); });
  }
}

TEST_F(Result, MapsAreWrittenInSeveralStrips) {
  constexpr GlobalIndex rows = (1 << 20) + 12345;  // a strip has 2^20 rows
  const InputDescription input = make_input([&] { put_numbers(input_path, "X", {2, 2}, {1, 2, 3, 4}); }, rows);
  for (const RowPartition& partition : test::partitions(rows, comm.size())) {
    Embedding<float> map(partition, comm.rank(), 1);
    for (LocalIndex i = 0; i < map.local_rows(); ++i) {
      map.row(i)[0] = static_cast<float>(map.first_row() + i);
    }
    write_result(comm, output, map, input, sample_record());
    on_root([&] {
      const std::vector<double> written = numbers_of(output, "embedding");
      ASSERT_EQ(written.size(), static_cast<std::size_t>(rows));
      for (std::size_t i = 0; i < written.size(); ++i) {
        ASSERT_EQ(written[i], static_cast<double>(i));
      }
    });
  }
}

TEST_F(Result, TellsAboutTheRun) {
  const InputDescription input = plain_input(5);
  const auto map = test::random_map<float>(RowPartition(5, comm.size()), comm.rank(), 2, 1.0);
  write_result(comm, output, map, input, sample_record());
  on_root([&] {
    using Values = std::vector<double>;
    EXPECT_EQ(numbers_of(output, "history/iteration"), (Values{0, 50, 100}));
    EXPECT_EQ(numbers_of(output, "history/kl"), (Values{4.5, 3.5, 0.125}));
    EXPECT_EQ(numbers_of(output, "history/gradient_norm"), (Values{0.25, 1e-300, 0.0}));
    EXPECT_EQ(numbers_of(output, "history/force_error"), (Values{0.01, 0.02, 0.03}));
    EXPECT_EQ(numbers_of(output, "history/exaggeration"), (Values{12, 12, 1}));
    EXPECT_EQ(strings_of(output, "timings/phase"), (std::vector<std::string>{"read", "iterations"}));
    EXPECT_EQ(numbers_of(output, "timings/min"), (Values{0.5, 2.0}));
    EXPECT_EQ(numbers_of(output, "timings/mean"), (Values{0.75, 3.0}));
    EXPECT_EQ(numbers_of(output, "timings/max"), (Values{1.0, 4.0}));
    const RunRecord record = sample_record();
    EXPECT_EQ(test::string_attribute(output, "format"), "distsne result");
    EXPECT_EQ(test::number_attribute(output, "format_version"), result_format_version);
    EXPECT_EQ(test::string_attribute(output, "version"), version());
    EXPECT_EQ(test::string_attribute(output, "commit"), commit());
    EXPECT_EQ(test::string_attribute(output, "method"), record.method);
    EXPECT_EQ(test::string_attribute(output, "input"), record.input);
    EXPECT_EQ(test::string_attribute(output, "config"), record.config);
    EXPECT_EQ(test::string_attribute(output, "instruction_set"), record.instruction_set);
    EXPECT_EQ(test::number_attribute(output, "seed"), 0x1.0p64);
    EXPECT_EQ(test::number_attribute(output, "ranks"), 7);
    EXPECT_EQ(test::number_attribute(output, "threads"), 3);
    EXPECT_EQ(test::number_attribute(output, "peak_memory_min"), 1e8);
    EXPECT_EQ(test::number_attribute(output, "peak_memory_mean"), 2e8);
    EXPECT_EQ(test::number_attribute(output, "peak_memory_max"), 3e8);
  });
}

TEST_F(Result, CarriesOverWhatTheInputSaysOfItsRows) {
  const std::vector<std::string> names{"one", "zwei", "trois", "", "\xe4\xba\x94"};
  const InputDescription input = make_input(
      [&] {
        put_numbers(input_path, "cells/X", {5, 2}, std::vector<double>(10, 1.0));
        put_numbers(input_path, "cells/cluster", {5}, {3, 1, 4, 1, 5}, {H5T_STD_U8BE, {2}, true});
        put_numbers(input_path, "cells/age", {5}, {0.5, 1.5, 2.5, 3.5, 4.5}, {H5T_IEEE_F32LE, {}, false});
        put_strings(input_path, "cells/fixed", names, 8);
        put_strings(input_path, "cells/variable", names);
        put_numbers(input_path, "cells/history", {5}, std::vector<double>(5, 1.0));
        put_numbers(input_path, "cells/embedding", {5}, std::vector<double>(5, 1.0));
        put_numbers(input_path, "cells/genes", {6}, std::vector<double>(6, 1.0));
        put_numbers(input_path, "cells/pairs", {5, 2}, std::vector<double>(10, 1.0));
        put_numbers(input_path, "cells/deeper/below", {5}, std::vector<double>(5, 1.0));
        put_numbers(input_path, "outside", {5}, std::vector<double>(5, 1.0));
      },
      5, "/cells/X");
  const auto map = test::random_map<float>(RowPartition(5, comm.size()), comm.rank(), 2, 1.0);
  write_result(comm, output, map, input, sample_record());
  on_root([&] {
    EXPECT_EQ(numbers_of(output, "cluster"), (std::vector<double>{3, 1, 4, 1, 5}));
    EXPECT_EQ(test::type_of(output, "cluster"), "integer of 1");
    EXPECT_EQ(numbers_of(output, "age"), (std::vector<double>{0.5, 1.5, 2.5, 3.5, 4.5}));
    EXPECT_EQ(test::type_of(output, "age"), "float of 4");
    EXPECT_EQ(strings_of(output, "fixed"), names);
    EXPECT_EQ(test::type_of(output, "fixed"), "string of 8");
    EXPECT_EQ(strings_of(output, "variable"), names);
    EXPECT_EQ(test::type_of(output, "variable"), "string of any");
    EXPECT_EQ(numbers_of(output, "embedding").size(), 10U) << "the map, not the input's dataset of that name";
    EXPECT_TRUE(test::has_link(output, "history/kl")) << "the history, not the input's dataset of that name";
    for (const char* left_out : {"X", "genes", "pairs", "deeper", "below", "outside", "cells"}) {
      EXPECT_FALSE(test::has_link(output, left_out)) << left_out;
    }
  });
}

TEST_F(Result, IsReadBackForAPicture) {
  const std::vector<std::string> names{"b", "a", "c", "", "a"};
  const InputDescription input = make_input(
      [&] {
        put_numbers(input_path, "X", {5, 2}, std::vector<double>(10, 1.0));
        put_numbers(input_path, "labels", {5}, {3, 1, 4, 1, 5}, {H5T_STD_U8LE, {}, false});
        put_strings(input_path, "fixed", names, 3);
        put_strings(input_path, "variable", names);
      },
      5);
  const auto map = test::random_map<double>(RowPartition(5, comm.size()), comm.rank(), 3, 1.0);
  write_result(comm, output, map, input, sample_record());
  on_root([&] {
    const ResultPicture picture = read_result(output, "");
    EXPECT_EQ(picture.rows, 5);
    EXPECT_EQ(picture.dims, 3);
    const auto expected = test::random_map<double>(test::whole(5), 0, 3, 1.0);
    EXPECT_EQ(picture.embedding, std::vector<float>(expected.values.begin(), expected.values.end()));
    EXPECT_EQ(picture.label_name, "labels");
    EXPECT_EQ(picture.numeric_labels, (std::vector<double>{3, 1, 4, 1, 5}));
    EXPECT_TRUE(picture.text_labels.empty());
    EXPECT_EQ(read_result(output, "fixed").text_labels, names);
    EXPECT_EQ(read_result(output, "variable").text_labels, names);
    EXPECT_TRUE(read_result(output, "variable").numeric_labels.empty());
    try {
      static_cast<void>(read_result(output, "colour"));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::bad_input);
      EXPECT_NE(std::strstr(error.what(), "no labels 'colour'"), nullptr) << error.what();
      EXPECT_NE(std::strstr(error.what(), "it has fixed, labels, variable"), nullptr) << error.what();
    }
  });
}

}  // namespace
}  // namespace distsne
