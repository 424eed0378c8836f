/// Files that keep the state of a run for a later one: arrays whose rows the ranks hold, and a few facts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/mpi/partition.hpp"

namespace distsne {

/// Types that arrays of values may have.
enum class SavedType { float32, float64, uint32, int64 };

template <class T>
inline constexpr SavedType saved_type_of = SavedType::float32;
template <>
inline constexpr SavedType saved_type_of<double> = SavedType::float64;
template <>
inline constexpr SavedType saved_type_of<CompactIndex> = SavedType::uint32;
template <>
inline constexpr SavedType saved_type_of<std::int64_t> = SavedType::int64;

/// An array of `rows` x `columns` values, of which this rank has those from `first_row` on.
struct SavedArray {
  std::string name;
  SavedType type = SavedType::float32;
  GlobalIndex rows = 0;
  GlobalIndex columns = 1;
  GlobalIndex first_row = 0;
  std::span<const std::byte> own;

  template <class T, class Values>
  static SavedArray of(std::string name, GlobalIndex rows, GlobalIndex columns, GlobalIndex first_row,
                       const Values& values) {
    return {std::move(name), saved_type_of<T>, rows, columns, first_row, std::as_bytes(std::span<const T>(values))};
  }
};

/// Collective. Writes `path` at once or not at all, as results are: the arrays, `facts` (text in UTF-8, the same
/// on all ranks) and checksums of both. Throws Error everywhere (I/O) when writing fails.
void write_saved(const Communicator& comm, const std::string& path, std::span<const SavedArray> arrays,
                 const std::string& facts);

/// One process. Removes such a file, and what is left of one whose writing was cut short.
void remove_saved(const std::string& path);

/// A file that write_saved has written. All functions are collective and throw Error everywhere (I/O) when the file
/// is damaged: cut short, overwritten, or with values whose checksum is another.
class SavedFile {
 public:
  SavedFile(const Communicator& comm, const std::string& path);

  [[nodiscard]] const std::string& facts() const { return facts_; }
  /// Rows of an array; -1 where there is none of that name. Not collective.
  [[nodiscard]] GlobalIndex rows(const std::string& name) const;
  /// This rank's rows of an array, which must have as many columns and values of the type of Array; a rank may have any
  /// number of them. `spare` more elements can be added without moving those.
  template <class Array>
  [[nodiscard]] Array read(const std::string& name, GlobalIndex columns, const RowPartition& partition,
                           std::size_t spare = 0) const;

 private:
  struct Entry {
    std::string name;
    SavedType type = SavedType::float32;
    GlobalIndex rows = 0;
    GlobalIndex columns = 0;
    std::uint64_t checksum = 0;
  };
  [[nodiscard]] const Entry* find(const std::string& name) const;

  Communicator comm_;
  std::string path_;
  std::string facts_;
  std::vector<Entry> entries_;
};

/// Checksum of values at their places: the sum, over all ranks, is the same for any partition. `first` is the place of
/// the first value.
template <class T>
[[nodiscard]] std::uint64_t checksum(std::span<const T> values, GlobalIndex first);

/// 16 hexadecimal digits that stand in front of the table of contents.
[[nodiscard]] std::string checksum_text(const std::string& text);

extern template std::uint64_t checksum(std::span<const float>, GlobalIndex);
extern template std::uint64_t checksum(std::span<const double>, GlobalIndex);

}  // namespace distsne
