/// An HDF5 file in memory that keeps only what was written to it: the frame of a file whose large datasets come later.
#pragma once

#include <hdf5.h>

#include <functional>
#include <memory>
#include <span>

namespace distsne {

/// Built by HDF5 through a driver of its own. Space that is allocated for datasets and not written takes no memory.
class SparseFile {
 public:
  SparseFile();
  SparseFile(const SparseFile&) = delete;
  SparseFile& operator=(const SparseFile&) = delete;
  SparseFile(SparseFile&&) = delete;
  SparseFile& operator=(SparseFile&&) = delete;
  ~SparseFile();

  /// An access property list that makes H5Fcreate write to this object, which has to outlive the file; the caller
  /// closes it.
  [[nodiscard]] hid_t access_list() const;

  /// Bytes of the whole file, once it is closed.
  [[nodiscard]] std::uint64_t size() const;
  /// Calls write(bytes, offset) for all that was written, in rising offsets; a piece may begin or end with zeros that
  /// were not.
  void for_pieces(const std::function<void(std::span<const std::byte>, std::uint64_t)>& write) const;

  struct Content;  // known to the driver

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace distsne
