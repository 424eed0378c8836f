/// The layout of saved files: one dataset for each array, and one of bytes for a table of contents in JSON.
#include "io/saved_file.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/parallel.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_filters.hpp"
#include "io/output_file.hpp"
#include "io/read_rows.hpp"
#include "io/rows_file.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

constexpr const char* contents_name = "contents";
constexpr const char* format_name = "distsne checkpoint 1";

hid_t hdf5_type(SavedType type) {
  switch (type) {
    case SavedType::float32:
      return H5T_NATIVE_FLOAT;
    case SavedType::float64:
      return H5T_NATIVE_DOUBLE;
    case SavedType::uint32:
      return H5T_NATIVE_UINT32;
    case SavedType::int64:
      break;
  }
  return H5T_NATIVE_INT64;
}

std::uint64_t mixed(std::uint64_t x) {  // the finalizer of SplitMix64 (Steele, Lea and Flood 2014)
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

template <class Word>
std::uint64_t sum_of_words(std::span<const std::byte> bytes, GlobalIndex first) {
  constexpr std::int64_t piece = 1 << 16;
  const auto count = static_cast<std::int64_t>(bytes.size() / sizeof(Word));
  const std::int64_t pieces = divide_up(count, piece);
  std::vector<std::uint64_t> sums(static_cast<std::size_t>(pieces), 0);
  parallel_for(pieces, [&](std::int64_t p) {
    std::uint64_t sum = 0;
    for (std::int64_t i = p * piece; i < std::min(count, (p + 1) * piece); ++i) {
      Word word{};
      std::memcpy(&word, bytes.data() + static_cast<std::size_t>(i) * sizeof(Word), sizeof(Word));
      sum += mixed(std::uint64_t{word} + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(first + i + 1));
    }
    sums[static_cast<std::size_t>(p)] = sum;
  });
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) {
    total += sum;
  }
  return total;
}

std::uint64_t checksum_of(const SavedArray& array) {
  const GlobalIndex first = array.first_row * array.columns;
  return array.type == SavedType::float32 || array.type == SavedType::uint32
             ? sum_of_words<std::uint32_t>(array.own, first)
             : sum_of_words<std::uint64_t>(array.own, first);
}

std::uint64_t sum_over_ranks(const Communicator& comm, std::uint64_t value) {
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(value)));  // wraps around, as it should
}

/// Whether the file has all the values of an array that its table of contents names.
bool holds(hid_t file, const std::string& name, SavedType type, GlobalIndex rows, GlobalIndex columns,
           const std::string& failure) {
  if (rows < 0 || columns < 1 || H5Lexists(file, name.c_str(), H5P_DEFAULT) <= 0) {
    return false;
  }
  const Hdf5Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  const hsize_t value_bytes = type == SavedType::float32 || type == SavedType::uint32 ? 4 : 8;
  std::array<hsize_t, 2> extent{};
  return H5Sget_simple_extent_ndims(space.id()) == 2 &&
         H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr) >= 0 &&
         extent[0] == static_cast<hsize_t>(rows) && extent[1] == static_cast<hsize_t>(columns) &&
         H5Dget_storage_size(dataset.id()) / value_bytes / extent[1] == extent[0];
}

/// The table of contents as text, and its checksum in front.
std::string read_contents(hid_t file, const std::string& damaged) {
  const Hdf5Handle dataset(H5Dopen2(file, contents_name, H5P_DEFAULT), H5Dclose, damaged);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, damaged);
  const hssize_t size = H5Sget_simple_extent_npoints(space.id());
  constexpr hssize_t most = 1 << 30;
  if (size < 16 || size > most || H5Dget_storage_size(dataset.id()) < static_cast<hsize_t>(size)) {
    throw Error(damaged, ExitCode::io_failure);
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  check_hdf5(H5Dread(dataset.id(), H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), damaged);
  if (checksum_text(text.substr(16)) != text.substr(0, 16)) {
    throw Error(damaged, ExitCode::io_failure);
  }
  return text.substr(16);
}

}  // namespace

template <class T>
std::uint64_t checksum(std::span<const T> values, GlobalIndex first) {
  return sizeof(T) == 4 ? sum_of_words<std::uint32_t>(std::as_bytes(values), first)
                        : sum_of_words<std::uint64_t>(std::as_bytes(values), first);
}

std::string checksum_text(const std::string& text) {
  std::uint64_t sum = text.size();
  for (const char c : text) {
    sum = mixed(sum ^ static_cast<unsigned char>(c));
  }
  return fmt::format("{:016x}", sum);
}

void write_saved(const Communicator& comm, const std::string& path, std::span<const SavedArray> arrays,
                 const std::string& facts) {
  set_up_hdf5();
  nlohmann::json contents{{"format", format_name}, {"facts", facts}, {"arrays", nlohmann::json::array()}};
  std::vector<RowDataset> datasets;
  for (const SavedArray& array : arrays) {
    contents["arrays"].push_back({{"name", array.name},
                                  {"type", static_cast<int>(array.type)},
                                  {"rows", array.rows},
                                  {"columns", array.columns},
                                  {"checksum", sum_over_ranks(comm, checksum_of(array))}});
    datasets.push_back({array.name, hdf5_type(array.type), array.rows, array.columns, array.first_row, array.own});
  }
  const std::string text = contents.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string all = checksum_text(text) + text;
  RowDataset table{contents_name, H5T_NATIVE_UCHAR, static_cast<GlobalIndex>(all.size()), 0, 0, {}};
  if (comm.is_root()) {
    table.own = std::as_bytes(std::span<const char>(all));
  } else {
    table.first_row = table.rows;
  }
  datasets.push_back(table);
  write_rows_file(comm, path, datasets,
                  [](hid_t, const Annotator& out) { out.attribute("format", std::string(format_name)); });
}

void remove_saved(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  std::filesystem::remove(temporary_name(path), ignored);
}

SavedFile::SavedFile(const Communicator& comm, const std::string& path) : comm_(comm), path_(path) {
  set_up_hdf5();
  const std::string damaged = fmt::format("'{}' is damaged, or no checkpoint", path);
  Hdf5Handle file;  // on rank 0
  std::string text;
  attempt_on_root(comm, [&] {
    file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, damaged);
    text = read_contents(file.id(), damaged);
  });
  text = comm.broadcast_string(text);
  attempt_everywhere(comm, [&] {
    const nlohmann::json contents = nlohmann::json::parse(text, nullptr, false);
    const auto whole = [&](const nlohmann::json& number) {
      if (!number.is_number_integer()) {
        throw Error(damaged, ExitCode::io_failure);
      }
      return number;
    };
    try {
      if (contents.at("format") != format_name) {
        throw Error(fmt::format("'{}' was written by another version of the program", path), ExitCode::io_failure);
      }
      facts_ = contents.at("facts").get<std::string>();
      for (const auto& array : contents.at("arrays")) {
        entries_.push_back({array.at("name"), static_cast<SavedType>(whole(array.at("type")).get<int>()),
                            whole(array.at("rows")), whole(array.at("columns")), whole(array.at("checksum"))});
      }
    } catch (const nlohmann::json::exception&) {
      throw Error(damaged, ExitCode::io_failure);
    }
  });
  attempt_on_root(comm, [&] {
    for (const Entry& entry : entries_) {
      if (!holds(file.id(), entry.name, entry.type, entry.rows, entry.columns, damaged)) {
        throw Error(damaged, ExitCode::io_failure);
      }
    }
  });
}

const SavedFile::Entry* SavedFile::find(const std::string& name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

GlobalIndex SavedFile::rows(const std::string& name) const {
  const Entry* const entry = find(name);
  return entry == nullptr ? -1 : entry->rows;
}

template <class Array>
Array SavedFile::read(const std::string& name, GlobalIndex columns, const RowPartition& partition,
                      std::size_t spare) const {
  using T = typename Array::value_type;
  const Entry* const entry = find(name);
  const std::string damaged = fmt::format("'{}', dataset '{}': damaged", path_, name);
  require_everywhere(comm_,
                     entry != nullptr && entry->columns == columns && entry->rows == partition.rows() &&
                         entry->type == saved_type_of<T>,
                     damaged, ExitCode::io_failure);
  Array own;
  const GlobalIndex first_row = partition.begin(comm_.rank());
  attempt_everywhere(comm_, [&] {
    const std::size_t count = checked_product(partition.end(comm_.rank()) - first_row, columns);
    own.reserve(count + spare);
    own.resize(count);
    read_rows({path_, "/" + name, entry->rows, columns}, first_row, std::span<T>(own));
  });
  const SavedArray found = SavedArray::of<T>(name, entry->rows, columns, first_row, own);
  require_everywhere(comm_, sum_over_ranks(comm_, checksum_of(found)) == entry->checksum, damaged,
                     ExitCode::io_failure);
  return own;
}

template AlignedVector<float> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&, std::size_t) const;
template AlignedVector<double> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&, std::size_t) const;
template UnsetVector<float> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&, std::size_t) const;
template UnsetVector<double> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&, std::size_t) const;
template UnsetVector<CompactIndex> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&,
                                                   std::size_t) const;
template std::vector<GlobalIndex> SavedFile::read(const std::string&, GlobalIndex, const RowPartition&,
                                                  std::size_t) const;
template std::uint64_t checksum(std::span<const float>, GlobalIndex);
template std::uint64_t checksum(std::span<const double>, GlobalIndex);

}  // namespace distsne
