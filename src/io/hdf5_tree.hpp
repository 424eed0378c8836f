/// Looking round in an HDF5 file: what is there, and small things as text and numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "io/hdf5_handle.hpp"
#include "io/source.hpp"

namespace distsne {

/// An HDF5 file that one process has open for reading. Names are paths from the root; functions that read throw Error
/// (bad input) when what is there is not what they are for.
class Hdf5Tree {
 public:
  /// Throws Error (bad input) with a message for the user when the file cannot be read as HDF5.
  explicit Hdf5Tree(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] hid_t id() const { return file_.id(); }

  [[nodiscard]] bool is_group(const std::string& name) const { return kind_of(name) == H5O_TYPE_GROUP; }
  [[nodiscard]] bool is_dataset(const std::string& name) const { return kind_of(name) == H5O_TYPE_DATASET; }
  /// Names in a group, in alphabetical order; none where it is no group.
  [[nodiscard]] std::vector<std::string> children(const std::string& group) const;

  [[nodiscard]] Hdf5Handle open(const std::string& dataset) const;
  /// Extents of a dataset; none for a single value.
  [[nodiscard]] std::vector<hsize_t> extent(const std::string& dataset) const;
  [[nodiscard]] H5T_class_t type_class(const std::string& dataset) const;
  /// A 2-D dataset of numbers.
  [[nodiscard]] bool is_matrix(const std::string& name) const;
  /// Has a place in the file, or needs none. One that was made and never written reads as zeros, however large it says
  /// it is.
  [[nodiscard]] bool is_written(const std::string& dataset) const;

  [[nodiscard]] bool has_attribute(const std::string& object, const char* name) const;
  /// The text of an attribute; empty where there is none.
  [[nodiscard]] std::string text_attribute(const std::string& object, const char* name) const;
  /// The integers of an attribute; none where there are none.
  [[nodiscard]] std::vector<std::int64_t> integers_attribute(const std::string& object, const char* name) const;
  /// Where the first reference in an attribute points to; empty where there is none.
  [[nodiscard]] std::string reference_attribute(const std::string& object, const char* name) const;

  /// All values of a dataset in their order, converted.
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& dataset) const;
  [[nodiscard]] std::vector<double> numbers(const std::string& dataset) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& dataset) const;
  /// The entries of a list from `first` on.
  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& dataset, GlobalIndex first,
                                                   GlobalIndex count) const;

  /// A list of numbers, words or truths as an annotation of that name, whatever its dimensions; nothing where it is of
  /// another kind, or has not `rows` entries.
  [[nodiscard]] std::optional<RowAnnotation> annotation(const std::string& dataset, const std::string& name,
                                                        GlobalIndex rows) const;

 private:
  [[nodiscard]] H5O_type_t kind_of(const std::string& name) const;
  [[nodiscard]] std::size_t count_of(hid_t dataset, const std::string& name) const;

  std::string path_;
  Hdf5Handle file_;
};

/// Numbers as words, the shortest that are read back as the same number.
[[nodiscard]] std::string text_of(double value);

}  // namespace distsne
