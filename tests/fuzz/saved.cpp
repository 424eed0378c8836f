/// Fuzz target: saved files whose table of contents and arrays do not tell the same, with checksums right and wrong.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fuzz/file_maker.hpp"
#include "fuzz/harness.hpp"
#include "fuzz/odd_json.hpp"
#include "io/saved_file.hpp"

namespace distsne::fuzz {
namespace {

using Json = nlohmann::json;

struct Array {
  const char* name;
  SavedType type;
  hid_t file_type;
};

/// The checksum that the values of Wanted have in their array.
template <class T>
std::uint64_t checksum_of(const Wanted& wanted) {
  std::vector<T> values(wanted.extent[0] * wanted.extent[1]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<T>(wanted.value(i));
  }
  using Word = std::conditional_t<sizeof(T) == 4, float, double>;
  return checksum(std::span<const Word>(reinterpret_cast<const Word*>(values.data()), values.size()), 0);
}

std::uint64_t checksum_of(const Wanted& wanted, SavedType type) {
  switch (type) {
    case SavedType::float32:
      return checksum_of<float>(wanted);
    case SavedType::float64:
      return checksum_of<double>(wanted);
    case SavedType::uint32:
      return checksum_of<CompactIndex>(wanted);
    case SavedType::int64:
      break;
  }
  return checksum_of<std::int64_t>(wanted);
}

template <class Array>
void read(const SavedFile& file, const std::string& name, GlobalIndex columns) {
  const GlobalIndex rows = file.rows(name);
  if (rows >= 0 && rows < 100) {
    reads([&] {
      const auto values = file.read<Array>(name, columns, RowPartition(rows, 1));
      require(values.size() == static_cast<std::size_t>(rows * columns), "all values are there");
    });
  }
}

}  // namespace
}  // namespace distsne::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  const std::string path = fuzz::scratch("saved.h5");
  const std::vector<fuzz::Array> arrays{{"map", SavedType::float32, H5T_IEEE_F32LE},
                                        {"lengths", SavedType::int64, H5T_STD_I64LE},
                                        {"columns", SavedType::uint32, H5T_STD_U32LE},
                                        {"gains", SavedType::float64, H5T_IEEE_F64LE}};
  const hsize_t columns = 1 + bytes.below(3);
  {
    fuzz::FileMaker file(bytes, path);
    fuzz::Json contents{{"format", "distsne checkpoint 1"}, {"facts", "{}"}, {"arrays", fuzz::Json::array()}};
    for (const fuzz::Array& array : arrays) {
      const fuzz::Wanted wanted{array.name, {1 + bytes.below(6), columns}, array.file_type};
      file.dataset(wanted);
      contents["arrays"].push_back({{"name", array.name},
                                    {"type", static_cast<int>(array.type)},
                                    {"rows", wanted.extent[0]},
                                    {"columns", columns},
                                    {"checksum", fuzz::checksum_of(wanted, array.type)}});
    }
    fuzz::make_odd(bytes, contents);
    std::string text = contents.dump(-1, ' ', false, fuzz::Json::error_handler_t::ignore);
    if (bytes.rarely()) {
      text = bytes.text(100);
    }
    const std::string sum = bytes.rarely() ? "0123456789abcdef" : checksum_text(text);
    file.text("contents", sum + text);
    file.finish();
  }
  fuzz::reads([&] {
    const SavedFile file(fuzz::alone(), path);
    const auto width = static_cast<GlobalIndex>(columns);
    fuzz::read<AlignedVector<float>>(file, "map", width);
    fuzz::read<std::vector<GlobalIndex>>(file, "lengths", width);
    fuzz::read<UnsetVector<CompactIndex>>(file, "columns", width);
    fuzz::read<AlignedVector<double>>(file, "gains", width);
  });
  return 0;
}
